import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { api } from '@/api/client';
import type { ExtractionOptions, Job, Video } from '@/api/types';
import { pollMilliseconds } from '@/live/stream';
import { forgetVideo, keepNewer, keepNewerJob, storeJob, videoKeys, type VideoPages } from './cache';

export function useVideos() {
  const query = useInfiniteQuery({
    queryKey: videoKeys.list,
    queryFn: ({ pageParam, signal }) => api.videos(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    structuralSharing: (known, fetched) => keepNewer(known as VideoPages | undefined, fetched as VideoPages),
    refetchInterval: pollMilliseconds,
  });
  const videos = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);
  return { ...query, videos };
}

export function useVideo(id: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => videoKeys.one(toValue(id))),
    queryFn: ({ signal }) => api.video(toValue(id), signal),
    structuralSharing: (known, fetched) => keepNewerJob((known as Video | undefined)?.job, fetched as Video),
    refetchInterval: pollMilliseconds,
  });
}

export const isFinal = (job: Job) => job.state === 'completed' || job.state === 'failed' || job.state === 'cancelled';

export function useVideoActions() {
  const client = useQueryClient();
  const cancel = useMutation({ mutationFn: (job: Job) => api.cancelJob(job.id), onSuccess: (job) => void storeJob(job) });
  const remove = useMutation({
    mutationFn: (videoId: string) => api.deleteVideo(videoId),
    onSuccess: (_, videoId) => {
      forgetVideo(videoId);
      client.removeQueries({ queryKey: videoKeys.one(videoId) });
    },
  });
  const runAgain = useMutation({
    mutationFn: ({ videoId, options }: { videoId: string; options: ExtractionOptions }) => api.runAgain(videoId, options),
    onSuccess: (job) => void storeJob(job),
  });
  return { cancel, remove, runAgain };
}
