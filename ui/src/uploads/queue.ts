import { ApiProblem } from '@/api/problem';
import type { Video } from '@/api/types';
import { SpeedMeter } from './speed';

export type UploadState = 'waiting' | 'sending' | 'storing' | 'done' | 'failed' | 'cancelled';

export interface UploadItem {
  readonly id: number;
  readonly file: File;
  readonly options: Readonly<Record<string, string>>;
  /** Never sent and never to be sent: the file itself is the problem. */
  readonly refused: boolean;
  state: UploadState;
  sentBytes: number;
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  problem: ApiProblem | null;
  video: Video | null;
}

export interface Transfer {
  readonly done: Promise<Video>;
  abort(): void;
}

/** Sends one file; `onProgress` gets the bytes sent so far. */
export type Send = (file: File, options: Readonly<Record<string, string>>, onProgress: (sentBytes: number) => void) => Transfer;

export interface QueueSettings {
  send: Send;
  /** Milliseconds of a steady clock. */
  now: () => number;
  /** Uploads under way at the same time. */
  parallelMax: number;
  /** Where items live; the page passes a reactive array. */
  items: UploadItem[];
  onDone?: (video: Video) => void;
  onFailed?: (item: UploadItem) => void;
}

/**
 * Uploads files in the order given, a few at a time. An item is waiting, then sending, then storing (all bytes are out, the
 * server is still answering), and ends as done, failed or cancelled. Failed and cancelled items can be tried again.
 */
export class UploadQueue {
  private readonly transfers = new Map<number, Transfer>();
  private nextId = 1;

  constructor(private readonly settings: QueueSettings) {}

  add(file: File, options: Readonly<Record<string, string>>, refusal: ApiProblem | null = null): void {
    this.settings.items.push({
      id: this.nextId++,
      file,
      options,
      refused: refusal !== null,
      state: refusal ? 'failed' : 'waiting',
      sentBytes: 0,
      bytesPerSecond: null,
      secondsLeft: null,
      problem: refusal,
      video: null,
    });
    this.fill();
  }

  cancel(id: number): void {
    const item = this.find(id);
    if (!item || !isUnderWay(item)) return;
    item.state = 'cancelled';
    this.transfers.get(id)?.abort();
    this.transfers.delete(id);
    this.fill();
  }

  retry(id: number): void {
    const item = this.find(id);
    if (!item || item.refused || (item.state !== 'failed' && item.state !== 'cancelled')) return;
    Object.assign(item, { state: 'waiting', sentBytes: 0, bytesPerSecond: null, secondsLeft: null, problem: null });
    this.fill();
  }

  /** Takes an item off the list; one under way is cancelled first. */
  dismiss(id: number): void {
    this.cancel(id);
    const at = this.settings.items.findIndex((item) => item.id === id);
    if (at >= 0) this.settings.items.splice(at, 1);
  }

  dismissFinished(): void {
    for (const item of this.settings.items.filter((each) => !isUnderWay(each))) this.dismiss(item.id);
  }

  cancelAll(): void {
    for (const item of [...this.settings.items]) this.dismiss(item.id);
  }

  private find(id: number): UploadItem | undefined {
    return this.settings.items.find((item) => item.id === id);
  }

  private fill(): void {
    while (this.transfers.size < this.settings.parallelMax) {
      const next = this.settings.items.find((item) => item.state === 'waiting');
      if (!next) return;
      void this.run(next);
    }
  }

  private async run(item: UploadItem): Promise<void> {
    const meter = new SpeedMeter(this.settings.now());
    item.state = 'sending';
    const transfer = this.settings.send(item.file, item.options, (sentBytes) => this.progress(item, transfer, meter, sentBytes));
    this.transfers.set(item.id, transfer);
    try {
      const video = await transfer.done;
      if (this.transfers.get(item.id) !== transfer) return;
      Object.assign(item, { state: 'done', sentBytes: item.file.size, secondsLeft: null, video });
      this.settings.onDone?.(video);
    } catch (error) {
      if (this.transfers.get(item.id) !== transfer) return;
      item.state = 'failed';
      item.problem = error instanceof ApiProblem ? error : new ApiProblem({ status: 0, code: 'network.unreachable' });
      this.settings.onFailed?.(item);
    }
    this.transfers.delete(item.id);
    this.fill();
  }

  private progress(item: UploadItem, transfer: Transfer, meter: SpeedMeter, sentBytes: number): void {
    if (this.transfers.get(item.id) !== transfer) return;
    item.sentBytes = Math.min(sentBytes, item.file.size);
    item.bytesPerSecond = meter.measure(this.settings.now(), sentBytes);
    item.secondsLeft = item.bytesPerSecond ? (item.file.size - item.sentBytes) / item.bytesPerSecond : null;
    if (item.sentBytes >= item.file.size) item.state = 'storing';
  }
}

export function isUnderWay(item: UploadItem): boolean {
  return item.state === 'waiting' || item.state === 'sending' || item.state === 'storing';
}
