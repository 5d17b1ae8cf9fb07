import { describe, expect, it } from 'vitest';
import { exposure, spreadFrames } from './strip';

describe('film strip', () => {
  it('spreads the cells from the first frame to the last', () => {
    expect(spreadFrames(139, 5)).toEqual([1, 36, 70, 105, 139]);
    expect(spreadFrames(100_000, 2)).toEqual([1, 100_000]);
  });

  it('shows each frame of a short film once', () => {
    expect(spreadFrames(3, 9)).toEqual([1, 2, 3]);
    expect(spreadFrames(1, 9)).toEqual([1]);
    expect(spreadFrames(0, 9)).toEqual([]);
  });

  it('exposes cell after cell', () => {
    expect(exposure(0, 4)).toEqual([0, 0, 0, 0]);
    expect(exposure(62.5, 4)).toEqual([1, 1, 0.5, 0]);
    expect(exposure(140, 2)).toEqual([1, 1]);
  });
});
