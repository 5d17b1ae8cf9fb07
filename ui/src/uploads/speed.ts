/** Bytes per second over the last few seconds, so that the shown speed follows the network without jumping about. */
export class SpeedMeter {
  private static readonly windowMilliseconds = 4000;
  private readonly samples: { at: number; bytes: number }[];

  constructor(startedAt: number) {
    this.samples = [{ at: startedAt, bytes: 0 }];
  }

  /** @returns the speed, or null while too little time has passed to tell. */
  measure(now: number, bytes: number): number | null {
    this.samples.push({ at: now, bytes });
    while (this.samples.length > 2 && now - (this.samples[1]?.at ?? now) >= SpeedMeter.windowMilliseconds) this.samples.shift();
    const first = this.samples[0];
    if (!first || now - first.at < 250) return null;
    return ((bytes - first.bytes) * 1000) / (now - first.at);
  }
}
