import { computed } from 'vue';
import { createI18n } from 'vue-i18n';
import type { Language } from '@/api/types';
import { readStored, writeStored } from '@/app/storage';
import type { Messages } from './en';

export const languages: readonly { code: Language; name: string }[] = [
  { code: 'pt-BR', name: 'Português' },
  { code: 'en', name: 'English' },
  { code: 'es', name: 'Español' },
];

const key = 'fotograma.language';
const loaders: Record<Language, () => Promise<{ default: Messages }>> = {
  'pt-BR': () => import('./pt-BR'),
  en: () => import('./en'),
  es: () => import('./es'),
};

export const i18n = createI18n<[Messages], Language, false>({ legacy: false, locale: 'en', fallbackLocale: 'en', missingWarn: false });

/** The text for a key, with its values filled in; `count` chooses between singular and plural. Reactive to the language. */
export function t(key: string, values: Record<string, unknown> = {}, count?: number): string {
  return count === undefined ? i18n.global.t(key, values) : i18n.global.t(key, values, count);
}

export const language = computed<Language>(() => i18n.global.locale.value);

/** The first of the browser's languages that Fotograma speaks. */
export function matchLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = languages.find(({ code }) => code.slice(0, 2) === tag.slice(0, 2).toLowerCase());
    if (found) return found.code;
  }
  return 'en';
}

export function rememberedLanguage(): Language | null {
  const stored = readStored<string>(key);
  return languages.find(({ code }) => code === stored)?.code ?? null;
}

export async function useLanguage(code: Language): Promise<void> {
  const { default: messages } = await loaders[code]();
  i18n.global.setLocaleMessage(code, messages);
  i18n.global.locale.value = code;
  document.documentElement.lang = code;
}

/** The user's own choice, kept for the next visit. */
export async function chooseLanguage(code: Language): Promise<void> {
  writeStored(key, code);
  await useLanguage(code);
}
