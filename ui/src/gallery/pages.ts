import type { QueryClient } from '@tanstack/vue-query';
import { onScopeDispose, ref, shallowReactive, type Ref } from 'vue';
import { api } from '@/api/client';
import type { Frame } from '@/api/types';

const pageSize = 200;
/** Pages kept at hand; far more than any screen shows, far less than 100,000 frames. */
const pagesKeptMax = 60;

export interface FramePages {
  /** The frame at a 1-based index, or undefined while its page is on the way. */
  at(index: number): Frame | undefined;
  /** Asks for the pages that hold these indexes; called on every scroll, it waits until scrolling pauses. */
  want(first: number, last: number): void;
  /** The frame at an index, fetched when needed. */
  load(index: number): Promise<Frame>;
  readonly failed: Ref<boolean>;
}

export function useFramePages(jobId: string, client: QueryClient): FramePages {
  const pages = shallowReactive(new Map<number, Frame[]>());
  const failed = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => clearTimeout(timer));

  const pageOf = (index: number) => Math.floor((index - 1) / pageSize);

  async function fetchPage(page: number): Promise<Frame[]> {
    const known = pages.get(page);
    if (known) return known;
    const { items } = await client.fetchQuery({
      queryKey: ['frames', jobId, page],
      queryFn: ({ signal }) => api.frames(jobId, page * pageSize, pageSize, signal),
      // A finished job's frames never change.
      staleTime: Infinity,
    });
    pages.set(page, items);
    for (const oldest of pages.keys()) {
      if (pages.size <= pagesKeptMax) break;
      pages.delete(oldest);
    }
    return items;
  }

  return {
    failed,
    at: (index) => pages.get(pageOf(index))?.[(index - 1) % pageSize],
    want(first, last) {
      clearTimeout(timer);
      const missing: number[] = [];
      for (let page = pageOf(first); page <= pageOf(last); page++) if (!pages.has(page)) missing.push(page);
      if (missing.length === 0) return;
      timer = setTimeout(() => {
        Promise.all(missing.map(fetchPage)).then(
          () => (failed.value = false),
          () => (failed.value = true),
        );
      }, 80);
    },
    async load(index) {
      const frame = (await fetchPage(pageOf(index)))[(index - 1) % pageSize];
      if (!frame) throw new RangeError(`The job has no frame ${index}.`);
      return frame;
    },
  };
}
