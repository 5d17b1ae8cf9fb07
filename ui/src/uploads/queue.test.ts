import { describe, expect, it } from 'vitest';
import { ApiProblem } from '@/api/problem';
import type { Video } from '@/api/types';
import { UploadQueue, type UploadItem } from './queue';

interface Sent {
  file: File;
  progress: (bytes: number) => void;
  finish: (video?: Video) => void;
  fail: (error: unknown) => void;
  aborted: boolean;
}

const video = { id: 'v1' } as Video;
const file = (name: string, size = 1000) => ({ name, size }) as File;
const settled = () => new Promise((resolve) => setImmediate(resolve));

function start() {
  const items: UploadItem[] = [];
  const sent: Sent[] = [];
  const clock = { now: 0 };
  const queue = new UploadQueue({
    items,
    parallelMax: 2,
    now: () => clock.now,
    send(each, _options, progress) {
      const { promise, resolve, reject } = deferred<Video>();
      const record: Sent = { file: each, progress, finish: (done = video) => resolve(done), fail: reject, aborted: false };
      sent.push(record);
      return {
        done: promise,
        abort() {
          record.aborted = true;
          reject(new ApiProblem({ status: 0, code: 'aborted' }));
        },
      };
    },
  });
  const states = () => items.map((item) => item.state);
  const nth = <T>(list: T[], index: number) => list[index] as T;
  return { queue, items, clock, states, sent: (i: number) => nth(sent, i), item: (i: number) => nth(items, i), sends: () => sent.length };
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

describe('UploadQueue', () => {
  it('sends two at a time and takes the next one when a place is free', async () => {
    const { queue, states, sent } = start();
    for (const name of ['a', 'b', 'c']) queue.add(file(name), {});
    expect(states()).toEqual(['sending', 'sending', 'waiting']);
    sent(0).finish();
    await settled();
    expect(states()).toEqual(['done', 'sending', 'sending']);
  });

  it('reports speed and time left', () => {
    const { queue, item, sent, clock } = start();
    queue.add(file('a', 1000), {});
    clock.now = 1000;
    sent(0).progress(250);
    expect(item(0)).toMatchObject({ sentBytes: 250, bytesPerSecond: 250, secondsLeft: 3 });
  });

  it('shows that the server is storing once all bytes are out', () => {
    const { queue, states, sent } = start();
    queue.add(file('a', 1000), {});
    sent(0).progress(1400);
    expect(states()).toEqual(['storing']);
  });

  it('keeps the problem of a failed upload and tries again on demand', async () => {
    const { queue, item, sent, sends } = start();
    queue.add(file('a'), {});
    sent(0).fail(new ApiProblem({ status: 415, code: 'upload.not_a_video' }));
    await settled();
    expect(item(0).state).toBe('failed');
    expect(item(0).problem?.code).toBe('upload.not_a_video');
    queue.retry(item(0).id);
    expect(item(0)).toMatchObject({ state: 'sending', problem: null });
    sent(1).finish();
    await settled();
    expect(item(0).video).toBe(video);
    expect(sends()).toBe(2);
  });

  it('aborts a cancelled upload, and its late answer changes nothing', async () => {
    const { queue, item, sent, states } = start();
    for (const name of ['a', 'b', 'c']) queue.add(file(name), {});
    queue.cancel(item(0).id);
    expect(sent(0).aborted).toBe(true);
    await settled();
    sent(0).progress(10);
    expect(item(0)).toMatchObject({ state: 'cancelled', sentBytes: 0 });
    expect(states()).toEqual(['cancelled', 'sending', 'sending']);
  });

  it('never sends a file that was refused beforehand', () => {
    const { queue, item, sends } = start();
    queue.add(file('huge'), {}, new ApiProblem({ status: 413, code: 'upload.too_large' }));
    queue.retry(item(0).id);
    expect(sends()).toBe(0);
    expect(item(0).state).toBe('failed');
  });

  it('clears finished items and leaves the others', async () => {
    const { queue, sent, items } = start();
    for (const name of ['a', 'b']) queue.add(file(name), {});
    sent(0).finish();
    await settled();
    queue.dismissFinished();
    expect(items.map((item) => item.file.name)).toEqual(['b']);
  });
});
