import { ref } from 'vue';
import { toast } from 'vue-sonner';
import { confirm } from '@/app/confirm';
import type { Video } from '@/api/types';
import { t } from '@/i18n';
import { sayProblem } from '@/i18n/problems';
import { useVideoActions } from './queries';

/** What one can do with a video, with the questions and messages around it; `busy` while the server is at it. */
export function useVideoCommands() {
  const actions = useVideoActions();
  const busy = ref(false);

  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    busy.value = true;
    try {
      await work();
      return true;
    } catch (error) {
      toast.error(sayProblem(error));
      return false;
    } finally {
      busy.value = false;
    }
  }

  async function cancel(video: Video): Promise<void> {
    const ask = { title: t('videos.confirmCancel.title'), text: t('videos.confirmCancel.text', { name: video.name }), action: t('videos.confirmCancel.action') };
    // A job still in line has made nothing that could be lost.
    if (video.job.state === 'processing' && !(await confirm(ask))) return;
    await attempt(() => actions.cancel.mutateAsync(video.job));
  }

  /** @returns whether the video is gone. */
  async function remove(video: Video): Promise<boolean> {
    const ask = { title: t('videos.confirmDelete.title'), text: t('videos.confirmDelete.text', { name: video.name }), action: t('videos.confirmDelete.action') };
    if (!(await confirm(ask))) return false;
    const done = await attempt(() => actions.remove.mutateAsync(video.id));
    if (done) toast.success(t('videos.deleted', { name: video.name }));
    return done;
  }

  async function runAgain(video: Video, options: Record<string, string>): Promise<boolean> {
    const done = await attempt(() => actions.runAgain.mutateAsync({ videoId: video.id, options }));
    if (done) toast.success(t('job.started', { name: video.name }));
    return done;
  }

  return { busy, cancel, remove, runAgain };
}
