import { describe, expect, it } from 'vitest';
import type { Job, Video } from '@/api/types';
import { isNewer, keepNewer, withJob, withNewVideo, withoutVideo, type VideoPages } from './cache';

const job = (change: Partial<Job>) => ({ id: 'j1', videoId: 'v1', revision: 1, createdAt: '2026-01-01T00:00:00Z', ...change }) as Job;
const video = (id: string) => ({ id, job: job({ videoId: id }) }) as Video;
const pages = (...groups: string[][]): VideoPages => ({
  pages: groups.map((ids) => ({ items: ids.map(video), nextCursor: null })),
  pageParams: groups.map(() => null),
});
const ids = (list: VideoPages) => list.pages.map((page) => page.items.map((each) => each.id));

describe('video cache', () => {
  it('never lets an older revision overwrite a newer one', () => {
    expect(isNewer(job({ revision: 3 }), job({ revision: 2 }))).toBe(true);
    expect(isNewer(job({ revision: 2 }), job({ revision: 2 }))).toBe(false);
    expect(isNewer(job({ revision: 1 }), job({ revision: 2 }))).toBe(false);
  });

  it('takes a newer job over an older one, whatever their revisions', () => {
    const rerun = job({ id: 'j2', revision: 1, createdAt: '2026-01-02T00:00:00Z' });
    expect(isNewer(rerun, job({ revision: 9 }))).toBe(true);
    expect(isNewer(job({ revision: 9 }), rerun)).toBe(false);
  });

  it('replaces the job of its video only, on whatever page it is', () => {
    const before = pages(['a'], ['b', 'c']);
    const after = withJob(before, job({ videoId: 'c', revision: 2 }));
    expect(after.pages[1]?.items.map((each) => each.job.revision)).toEqual([1, 2]);
    expect(after.pages[0]).toBe(before.pages[0]);
  });

  it('gives the same pages back when nothing changed', () => {
    const before = pages(['a']);
    expect(withJob(before, job({ videoId: 'x' }))).toBe(before);
    expect(withJob(before, job({ videoId: 'a' }))).toBe(before);
  });

  it('keeps what the stream told while a fetch was under way', () => {
    const known = withJob(pages(['a', 'b']), job({ videoId: 'a', revision: 5 }));
    const merged = keepNewer(known, pages(['n', 'a'], ['b']));
    expect(merged.pages.map((page) => page.items.map((each) => [each.id, each.job.revision]))).toEqual([[['n', 1], ['a', 5]], [['b', 1]]]);
  });

  it('adds a new video first, once, and removes one', () => {
    const added = withNewVideo(pages(['a'], ['b']), video('n'));
    expect(ids(added)).toEqual([['n', 'a'], ['b']]);
    expect(withNewVideo(added, video('n'))).toBe(added);
    expect(ids(withoutVideo(added, 'b'))).toEqual([['n', 'a'], []]);
  });
});
