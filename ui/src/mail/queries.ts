import { useQuery } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { api } from '@/api/client';
import { streamState } from '@/live/stream';

export function useMails() {
  return useQuery({
    queryKey: ['mails'],
    queryFn: ({ signal }) => api.mails(signal),
    // Mail follows the end of a job by a moment and has no live event of its own.
    refetchInterval: computed(() => (streamState.value === 'lost' ? 3000 : 10_000)),
  });
}

export function useMail(id: MaybeRefOrGetter<string | undefined>) {
  return useQuery({
    queryKey: computed(() => ['mail', toValue(id)]),
    queryFn: ({ signal }) => api.mail(toValue(id) ?? '', signal),
    enabled: computed(() => Boolean(toValue(id))),
  });
}
