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

  it('keep a fraction that no short decimal equals', () => {
    expect(sayOptions({ fps: '30000/1001', width: 640 })).toBe('30000/1001 per second, 640 × ·');
  });
});
