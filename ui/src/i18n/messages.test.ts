import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from './en';
import es from './es';
import ptBR from './pt-BR';
import { i18n, matchLanguage } from '.';

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, path = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') flat.set(path + key, value);
    else for (const [below, text] of flatten(value, `${path}${key}.`)) flat.set(below, text);
  }
  return flat;
}

const placeholders = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort();
const forms = (text: string) => text.split(' | ').length;
const english = flatten(en);
const source = readdirSync(join(import.meta.dirname, '..'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|vue)$/.test(name) && !name.endsWith('.test.ts') && !/i18n\/(en|es|pt-BR)/.test(name))
  .map((name) => readFileSync(join(import.meta.dirname, '..', name), 'utf8'))
  .join('\n');

describe.each([['pt-BR', ptBR], ['es', es]] as const)('messages in %s', (code, messages) => {
  const flat = flatten(messages);

  it('have the same keys as English', () => {
    expect([...flat.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('have the same values to fill in and the same plural forms', () => {
    for (const [key, text] of english) {
      expect(placeholders(flat.get(key) ?? ''), key).toEqual(placeholders(text));
      expect(forms(flat.get(key) ?? ''), key).toBe(forms(text));
    }
  });

  it('are never empty', () => {
    for (const [key, text] of flat) expect(text.trim(), key).not.toBe('');
  });

  it('can all be compiled', () => {
    i18n.global.setLocaleMessage(code, messages);
    const values = Object.fromEntries(['name', 'count', 'size', 'limit', 'time', 'code', 'value'].map((name) => [name, 'x']));
    for (const key of flat.keys()) {
      const said = i18n.global.t(key, values, { locale: code });
      expect(said).not.toBe(key);
      expect(said, key).not.toContain('{');
    }
  });
});

describe('messages', () => {
  it('exist for every key the code names', () => {
    const named = [...source.matchAll(/\bt\('([a-zA-Z]+(?:\.[\w]+)+)'/g), ...source.matchAll(/title: '([a-zA-Z]+(?:\.[\w]+)+)'/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((key) => !english.has(key))).toEqual([]);
  });

  it('are all used', () => {
    const parts = [...source.matchAll(/`([a-zA-Z.]+)\.\$\{/g)].map((match) => `${match[1]}.`);
    const dynamic = [...parts, 'extraction.fps', 'extraction.every', 'extraction.count'];
    const unused = [...english.keys()].filter((key) => !source.includes(`'${key}'`) && !dynamic.some((prefix) => key.startsWith(prefix)));
    expect(unused).toEqual([]);
  });

  it('come in the first language of the browser that is spoken here', () => {
    expect(matchLanguage(['fr-FR', 'pt-PT', 'en'])).toBe('pt-BR');
    expect(matchLanguage(['es-419'])).toBe('es');
    expect(matchLanguage(['de'])).toBe('en');
  });
});
