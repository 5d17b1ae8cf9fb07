import { requestHeader, reportSignedOut } from '@/api/http';
import { ApiProblem, networkProblem, readProblem } from '@/api/problem';
import type { Video } from '@/api/types';
import { urls } from '@/api/client';
import type { Send } from './queue';

/** Sends a file with XMLHttpRequest, the only way in browsers today to learn how much of a request's body is out. */
export const sendByForm: Send = (file, options, onProgress) => {
  const xhr = new XMLHttpRequest();
  const done = new Promise<Video>((resolve, reject) => {
    xhr.upload.onprogress = (event) => onProgress(event.loaded);
    xhr.onerror = () => reject(networkProblem());
    xhr.onabort = () => reject(new ApiProblem({ status: 0, code: 'upload.cancelled' }));
    xhr.onload = () => {
      if (xhr.status === 201) return resolve(xhr.response as Video);
      const problem = readProblem(xhr.status, JSON.stringify(xhr.response));
      reportSignedOut(problem);
      reject(problem);
    };
  });
  xhr.open('POST', urls.upload);
  xhr.responseType = 'json';
  xhr.setRequestHeader('Accept', 'application/json');
  xhr.setRequestHeader(...requestHeader);
  xhr.send(formOf(file, options));
  return { done, abort: () => xhr.abort() };
};

/** The options go before the file, so that the server knows them when the first byte of video arrives. */
function formOf(file: File, options: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) form.append(name, value);
  form.append('video', file, file.name);
  return form;
}
