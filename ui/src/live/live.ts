import { toast } from 'vue-sonner';
import { announce } from '@/app/announce';
import { formatPercent } from '@/app/format';
import { queryClient } from '@/app/queryClient';
import type { Job } from '@/api/types';
import { t } from '@/i18n';
import { sayCode } from '@/i18n/problems';
import { forgetVideo, storeJob, videoKeys, type VideoPages } from '@/videos/cache';
import { closeStream, openStream } from './stream';
import { Transitions } from './transitions';

const transitions = new Transitions();
/** Jobs of videos that no loaded page holds; the list was asked about each of them once. */
const askedFor = new Set<string>();
let openVideo: (videoId: string) => void = () => undefined;
let stopWatching: () => void = () => undefined;

/** How a toast's "Open" gets to the video; set by the app, which knows the router. */
export function onOpenVideo(open: (videoId: string) => void): void {
  openVideo = open;
}

/** Keeps every list and page up to date, and tells about ends and quarters, until stopLive. */
export function startLive(): void {
  transitions.clear();
  askedFor.clear();
  openStream({
    onHello: refetch,
    onJob(job) {
      if (!storeJob(job) && !askedFor.has(job.id)) {
        askedFor.add(job.id);
        void queryClient.invalidateQueries({ queryKey: videoKeys.list });
      }
      tell(job);
    },
    onRemoved(videoId) {
      forgetVideo(videoId);
      void queryClient.invalidateQueries({ queryKey: videoKeys.one(videoId) });
    },
  });
  // What a refetch brings counts too: after a lost connection, the end of a job arrives only this way.
  stopWatching = queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success' || event.query.queryKey[0] !== videoKeys.list[0]) return;
    for (const page of (event.query.state.data as VideoPages).pages) for (const video of page.items) tell(video.job);
  });
}

export function stopLive(): void {
  stopWatching();
  closeStream();
  toast.dismiss();
}

function refetch(): void {
  for (const key of ['videos', 'video', 'mails']) void queryClient.invalidateQueries({ queryKey: [key] });
}

function tell(job: Job): void {
  const { finished, quarter } = transitions.observe(job);
  if (quarter) announce(t('videos.announceProgress', { name: job.name, percent: formatPercent(quarter) }));
  if (!finished) return;
  void queryClient.invalidateQueries({ queryKey: ['mails'] });
  const action = { label: t('videos.open'), onClick: () => openVideo(job.videoId) };
  if (job.state === 'completed') {
    const count = job.result?.frames ?? job.framesDone;
    announce(t('videos.completed', { name: job.name }));
    toast.success(t('videos.completed', { name: job.name }), { description: t('videos.completedText', { count }, count), action });
  } else {
    announce(t('videos.failed', { name: job.name }));
    toast.error(t('videos.failed', { name: job.name }), { description: job.error ? sayCode(job.error.code, job.error.message) : '', action });
  }
}
