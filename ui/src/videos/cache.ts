import type { InfiniteData } from '@tanstack/vue-query';
import { queryClient } from '@/app/queryClient';
import type { Job, Video, VideoPage } from '@/api/types';

export type VideoPages = InfiniteData<VideoPage, string | null>;

export const videoKeys = {
  list: ['videos'] as const,
  one: (id: string) => ['video', id] as const,
};

/** Whether `next` may replace `known`: a newer job of the video, or the same job at a later revision. */
export function isNewer(next: Job, known: Job): boolean {
  if (next.id === known.id) return next.revision > known.revision;
  return Date.parse(next.createdAt) > Date.parse(known.createdAt);
}

/** The pages with the video's job replaced; the same object when nothing changed. */
export function withJob(pages: VideoPages, job: Job): VideoPages {
  let changed = false;
  const next = pages.pages.map((page) => {
    const at = page.items.findIndex((video) => video.id === job.videoId && isNewer(job, video.job));
    if (at < 0) return page;
    changed = true;
    return { ...page, items: page.items.map((video, index) => (index === at ? { ...video, job } : video)) };
  });
  return changed ? { ...pages, pages: next } : pages;
}

export function withoutVideo(pages: VideoPages, videoId: string): VideoPages {
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.filter((video) => video.id !== videoId) })) };
}

export function withNewVideo(pages: VideoPages, video: Video): VideoPages {
  const [first, ...rest] = pages.pages;
  if (!first || pages.pages.some((page) => page.items.some((each) => each.id === video.id))) return pages;
  return { ...pages, pages: [{ ...first, items: [video, ...first.items] }, ...rest] };
}

/**
 * What a fetch brought, except for jobs about which the live stream has meanwhile told something newer; without this,
 * an answer that was under way while an event came in would turn the clock back.
 */
export function keepNewer(known: VideoPages | undefined, fetched: VideoPages): VideoPages {
  if (!known) return fetched;
  const jobs = new Map(known.pages.flatMap((page) => page.items.map((video) => [video.id, video.job] as const)));
  return {
    ...fetched,
    pages: fetched.pages.map((page) => ({ ...page, items: page.items.map((video) => keepNewerJob(jobs.get(video.id), video)) })),
  };
}

export function keepNewerJob(known: Job | undefined, fetched: Video): Video {
  return known && isNewer(known, fetched.job) ? { ...fetched, job: known } : fetched;
}

export function knowsVideo(pages: VideoPages, videoId: string): boolean {
  return pages.pages.some((page) => page.items.some((video) => video.id === videoId));
}

/** Puts a job into every cached place. @returns false when the list does not know the video yet. */
export function storeJob(job: Job): boolean {
  queryClient.setQueryData<Video>(videoKeys.one(job.videoId), (video) => (video && isNewer(job, video.job) ? { ...video, job } : video));
  let known = true;
  queryClient.setQueryData<VideoPages>(videoKeys.list, (pages) => {
    if (!pages) return pages;
    known = knowsVideo(pages, job.videoId);
    return withJob(pages, job);
  });
  return known;
}

export function storeNewVideo(video: Video): void {
  queryClient.setQueryData<VideoPages>(videoKeys.list, (pages) => pages && withNewVideo(pages, video));
}

export function forgetVideo(videoId: string): void {
  queryClient.setQueryData<VideoPages>(videoKeys.list, (pages) => pages && withoutVideo(pages, videoId));
}
