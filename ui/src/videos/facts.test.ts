import { beforeAll, describe, expect, it } from 'vitest';
import { i18n, useLanguage } from '@/i18n';
import { sayOptions } from './facts';

describe('options in words', () => {
  beforeAll(async () => {
    // No page here whose language could be set.
    Object.assign(globalThis, { document: { documentElement: {} } });
    await useLanguage('pt-BR');
    await useLanguage('en');
  });

  it('say fractions as decimals where that is exact, in the user\'s own way', () => {
    expect(sayOptions({ every: '5/2', from: '151/2', format: 'png' })).toBe('every 2.5 s, from 75.5, PNG');
    i18n.global.locale.value = 'pt-BR';
    expect(sayOptions({ every: '5/2', format: 'jpeg', quality: 90 })).toBe('a cada 2,5 s, JPEG, qualidade 90');
    i18n.global.locale.value = 'en';
  });

  it('say what was chosen, whatever it is, and how it looks', () => {
    expect(sayOptions({ all: true, dedupe: 5, format: 'webp', quality: 75, extras: 'poster,sheet' })).toBe(
      'every frame, without near-duplicates (distance 5), WEBP, quality 75, with poster, sheet',
    );
    expect(sayOptions({ keyframes: true, ranges: '0-5,10-20', crop: '100x80+4+8', width: 64, enlarge: true, pixels: 'stored', hdr: 'keep', deinterlace: 'on', format: 'png' })).toBe(
      'key frames, 0-5, 10-20 s, cropped to 100x80+4+8, 64 × ·, enlarged where smaller, pixels: stored, HDR: keep, deinterlacing: on, PNG',
    );
    expect(sayOptions({ scenes: '3/10', name: 'shot-{index}' })).toBe('changes of scene above 0.3, named shot-{index}');
  });

  it('cut a long list between two entries', () => {
    expect(sayOptions({ timestamps: Array.from({ length: 100 }, (_, i) => String(i * 10)).join(',') })).toBe('at 0, 10, 20, 30, 40, 50, 60, 70, 80, 90 … s');
    expect(sayOptions({ frames: '1-5,9' })).toBe('frames 1-5, 9');
  });

  it('keep a fraction that no short decimal equals', () => {
    expect(sayOptions({ fps: '30000/1001', width: 640 })).toBe('30000/1001 per second, 640 × ·');
  });
});
