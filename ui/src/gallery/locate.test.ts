import { describe, expect, it } from 'vitest';
import { locateFrame } from './locate';

async function locate(times: number[], seconds: number) {
  const probes: number[] = [];
  const index = await locateFrame(times.length, async (at) => (probes.push(at), times[at - 1] ?? NaN), seconds);
  return { index, probes: probes.length };
}

describe('locateFrame', () => {
  it('finds the last frame at or before the time, for every time of an uneven film', async () => {
    const times = [0, 0.04, 0.5, 0.54, 7, 7.04, 7.08, 100];
    for (let t = -1; t < 110; t += 0.013) {
      const expected = Math.max(1, times.filter((time) => time <= t + 0.0005).length);
      expect((await locate(times, t)).index).toBe(expected);
    }
  });

  it('needs a handful of probes for 100,000 even frames', async () => {
    const times = Array.from({ length: 100_000 }, (_, i) => i / 25);
    const { index, probes } = await locate(times, 2345.68);
    expect(index).toBe(58_643);
    expect(probes).toBeLessThan(9);
  });

  it('stays bounded when the spacing is as bad as can be', async () => {
    const times = Array.from({ length: 100_000 }, (_, i) => (i === 99_999 ? 1e9 : i / 1e6));
    const { index, probes } = await locate(times, 0.05);
    expect(times[index - 1]).toBeLessThanOrEqual(0.0505);
    expect(probes).toBeLessThan(80);
  });

  it('finds a frame by the time code shown under it', async () => {
    const times = Array.from({ length: 30 }, (_, i) => i / 30);
    expect((await locate(times, 0.033)).index).toBe(2);
    expect((await locate(times, 0.967)).index).toBe(30);
  });
});
