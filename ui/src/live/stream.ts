import { computed, ref } from 'vue';
import { urls } from '@/api/client';
import type { Job } from '@/api/types';

export type StreamState = 'off' | 'connecting' | 'open' | 'lost';

export const streamState = ref<StreamState>('off');

export interface StreamHandlers {
  /** The stream (re)started: anything may have happened meanwhile. */
  onHello(): void;
  onJob(job: Job): void;
  onRemoved(videoId: string): void;
}

const retryMilliseconds = 5000;

/** How often lists ask the server: not at all while it tells them by itself. A ref, so that a lost stream starts the asking. */
export const pollMilliseconds = computed(() => (streamState.value === 'lost' ? 3000 : false));

let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;

/** Listens for the account's changes until closeStream; a lost stream is taken up again by itself. */
export function openStream(handlers: StreamHandlers): void {
  closeStream();
  streamState.value = 'connecting';
  connect(handlers);
}

export function closeStream(): void {
  clearTimeout(retry);
  source?.close();
  source = null;
  streamState.value = 'off';
}

function connect(handlers: StreamHandlers): void {
  const events = new EventSource(urls.events);
  source = events;
  events.addEventListener('hello', () => {
    streamState.value = 'open';
    handlers.onHello();
  });
  events.addEventListener('job', (event) => handlers.onJob(JSON.parse((event as MessageEvent<string>).data) as Job));
  events.addEventListener('removed', (event) =>
    handlers.onRemoved((JSON.parse((event as MessageEvent<string>).data) as { videoId: string }).videoId),
  );
  events.onerror = () => {
    if (source !== events) return;
    streamState.value = 'lost';
    // The browser reconnects after a broken connection, but gives up for good after an error status.
    if (events.readyState === EventSource.CLOSED) retry = setTimeout(() => connect(handlers), retryMilliseconds);
  };
}
