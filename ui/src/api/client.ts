import { request } from './http';
import type { ExtractionOptions, FramePage, Job, Language, Limits, MailList, MailMessage, User, Video, VideoPage } from './types';

const root = '/api/v1';

export interface Registration {
  email: string;
  password: string;
  username?: string;
  name?: string;
  language: Language;
}

export const api = {
  me: (signal?: AbortSignal) => request<User>(`${root}/me`, { signal }),
  updateMe: (change: { language?: Language; name?: string }) => request<User>(`${root}/me`, { method: 'PATCH', body: change }),
  register: (form: Registration) =>
    request<{ user: User }>(`${root}/auth/register`, { method: 'POST', body: { ...form, session: true } }),
  login: (login: string, password: string) =>
    request<{ user: User }>(`${root}/auth/login`, { method: 'POST', body: { login, password, session: true } }),
  logout: () => request<undefined>(`${root}/auth/logout`, { method: 'POST' }),

  limits: (signal?: AbortSignal) => request<Limits>(`${root}/limits`, { signal }),

  videos: (cursor: string | null, signal?: AbortSignal) =>
    request<VideoPage>(`${root}/videos?limit=30${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal }),
  video: (id: string, signal?: AbortSignal) => request<Video>(`${root}/videos/${id}`, { signal }),
  deleteVideo: (id: string) => request<undefined>(`${root}/videos/${id}`, { method: 'DELETE' }),
  runAgain: (videoId: string, options: ExtractionOptions) =>
    request<Job>(`${root}/videos/${videoId}/jobs`, { method: 'POST', body: options }),
  cancelJob: (id: string) => request<Job>(`${root}/jobs/${id}/cancel`, { method: 'POST' }),

  frames: (jobId: string, offset: number, limit: number, signal?: AbortSignal) =>
    request<FramePage>(`${root}/jobs/${jobId}/frames?offset=${offset}&limit=${limit}`, { signal }),

  mails: (signal?: AbortSignal) => request<MailList>(`${root}/mail?limit=100`, { signal }),
  mail: (id: string, signal?: AbortSignal) => request<MailMessage>(`${root}/mail/${id}`, { signal }),
};

/** Addresses a browser opens by itself; the session cookie goes along. */
export const urls = {
  upload: `${root}/videos`,
  events: `${root}/events`,
  archive: (jobId: string) => `${root}/jobs/${jobId}/archive`,
  manifest: (jobId: string, format: 'json' | 'csv') => `${root}/jobs/${jobId}/manifest${format === 'csv' ? '?format=csv' : ''}`,
  image: (jobId: string, index: number) => `${root}/jobs/${jobId}/frames/${index}/image`,
  imageDownload: (jobId: string, index: number) => `${root}/jobs/${jobId}/frames/${index}/image?download=1`,
  thumbnail: (jobId: string, index: number) => `${root}/jobs/${jobId}/frames/${index}/thumbnail`,
};
