import { describe, expect, it } from 'vitest';
import { clock, parseTime, timeCode } from './timecode';

describe('timeCode', () => {
  it.each([
    [0, '00:00:00.000'],
    [1.0000001, '00:00:01.000'],
    [59.9996, '00:01:00.000'],
    [139.433, '00:02:19.433'],
    [36_000.5, '10:00:00.500'],
    [-0.02, '00:00:00.000'],
  ])('shows %d as %s', (seconds, text) => {
    expect(timeCode(seconds)).toBe(text);
  });
});

describe('parseTime', () => {
  it.each([
    ['75', 75],
    ['75.5', 75.5],
    ['1:15', 75],
    ['01:02:03.250', 3723.25],
    ['0:00,5', 0.5],
    ['100:00', 6000],
  ])('reads %s', (text, seconds) => {
    expect(parseTime(text)).toBeCloseTo(seconds, 9);
  });

  it.each(['', 'a', '1:60', '1:2:3:4', '-1', '1::2', '1.5:20', '.5'])('refuses %j', (text) => {
    expect(parseTime(text)).toBeNull();
  });

  it('reads back what timeCode wrote', () => {
    for (const seconds of [0, 0.04, 12.345, 3599.999, 86_399.5]) expect(parseTime(timeCode(seconds))).toBeCloseTo(seconds, 6);
  });
});

describe('clock', () => {
  it.each([
    [0, '0:00'],
    [139, '2:19'],
    [3739, '1:02:19'],
  ])('shows %d as %s', (seconds, text) => {
    expect(clock(seconds)).toBe(text);
  });
});
