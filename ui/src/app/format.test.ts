import { afterEach, describe, expect, it } from 'vitest';
import { i18n } from '@/i18n';
import { formatAgo, formatBytes, formatPercent, formatWait } from './format';

afterEach(() => {
  i18n.global.locale.value = 'en';
});

describe('format', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1500, '1.5 kB'],
    [48_300_000, '48.3 MB'],
    [999_600_000, '1 GB'],
    [2_000_000_000_000, '2 TB'],
  ])('shows %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('follows the language', () => {
    i18n.global.locale.value = 'pt-BR';
    expect(formatBytes(48_300_000)).toBe('48,3 MB');
  });

  it('never rounds up to done', () => {
    expect(formatPercent(99.9)).toBe('99%');
    expect(formatPercent(100)).toBe('100%');
  });

  it.each([
    [0.2, '1 sec'],
    [59, '59 sec'],
    [150, '3 min'],
    [3600, '1 hr'],
    [4800, '1 hr 20 min'],
  ])('shows a wait of %d s as %s', (seconds, text) => {
    expect(formatWait(seconds)).toBe(text);
  });

  it('tells how long ago, then the date', () => {
    const now = Date.parse('2026-03-10T12:00:00Z');
    expect(formatAgo('2026-03-10T11:59:50Z', now)).toBe('now');
    expect(formatAgo('2026-03-10T11:55:00Z', now)).toBe('5 minutes ago');
    expect(formatAgo('2026-03-09T11:00:00Z', now)).toBe('yesterday');
    expect(formatAgo('2026-01-02T11:00:00Z', now)).toBe('Jan 2, 2026');
  });
});
