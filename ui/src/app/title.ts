import { ref, watchEffect } from 'vue';
import { t } from '@/i18n';

/** The page's title: a key to translate, or a name as it is. */
export const titleKey = ref<{ key: string } | { text: string }>({ key: 'app.name' });

export function watchTitle(): void {
  watchEffect(() => {
    const title = 'key' in titleKey.value ? t(titleKey.value.key) : titleKey.value.text;
    document.title = title === t('app.name') ? title : `${title} · ${t('app.name')}`;
  });
}
