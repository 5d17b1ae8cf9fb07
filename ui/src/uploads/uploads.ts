import { computed, reactive } from 'vue';
import { toast } from 'vue-sonner';
import { announce } from '@/app/announce';
import { formatBytes } from '@/app/format';
import { queryClient } from '@/app/queryClient';
import { api } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import type { Limits } from '@/api/types';
import { toOptions, validateForm } from '@/extraction/options';
import { rememberedForm } from '@/extraction/remembered';
import { t } from '@/i18n';
import { sayProblem } from '@/i18n/problems';
import { storeNewVideo, videoKeys } from '@/videos/cache';
import { isUnderWay, UploadQueue, type UploadItem } from './queue';
import { sendByForm } from './send';

const parallelMax = 2;

/** Lives outside any page, so that uploads go on while the user looks at something else. */
export const uploadItems = reactive<UploadItem[]>([]) as UploadItem[];

export const uploads = new UploadQueue({
  items: uploadItems,
  send: sendByForm,
  now: () => performance.now(),
  parallelMax,
  onDone(video) {
    storeNewVideo(video);
    void queryClient.invalidateQueries({ queryKey: videoKeys.list });
    announce(t('uploads.done', { name: video.name }));
  },
  onFailed(item) {
    toast.error(item.file.name, { description: sayProblem(item.problem) });
  },
});

export const uploadsUnderWay = computed(() => uploadItems.some(isUnderWay));

export const limitsQuery = { queryKey: ['limits'], queryFn: () => api.limits(), staleTime: 10 * 60_000 };

/** Queues files with the remembered options. @returns false when the options need correcting first. */
export async function addFiles(files: Iterable<File>): Promise<boolean> {
  if (Object.keys(validateForm(rememberedForm)).length > 0) {
    toast.error(t('uploads.fixOptions'));
    return false;
  }
  const options = toOptions(rememberedForm);
  // Copied first: the browser empties a drop's list of files as soon as its event is over.
  const chosen = [...files];
  const limits = await queryClient.ensureQueryData(limitsQuery).catch(() => null);
  for (const file of chosen) uploads.add(file, options, refusalOf(file, limits));
  return true;
}

/** What the server would refuse after the last byte is refused before the first; without limits known, the server decides. */
function refusalOf(file: File, limits: Limits | null): ApiProblem | null {
  if (file.size === 0) return new ApiProblem({ status: 422, code: 'upload.empty', detail: t('uploads.emptyFile') });
  if (!limits || file.size <= limits.uploadBytesMax) return null;
  const detail = t('uploads.tooLarge', { size: formatBytes(file.size), limit: formatBytes(limits.uploadBytesMax) });
  return new ApiProblem({ status: 413, code: 'upload.too_large_here', detail });
}

window.addEventListener('beforeunload', (event) => {
  if (uploadsUnderWay.value) event.preventDefault();
});
