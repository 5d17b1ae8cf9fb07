import { ref, watchEffect } from 'vue';

export type Theme = 'system' | 'light' | 'dark';

const key = 'fotograma.theme';
const order: readonly Theme[] = ['system', 'light', 'dark'];

function restore(): Theme {
  try {
    const stored = localStorage.getItem(key);
    return order.find((theme) => theme === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

export const theme = ref<Theme>(restore());

// Stored as plain text, not JSON: /theme.js reads it before anything else runs.
watchEffect(() => {
  const root = document.documentElement;
  if (theme.value === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme.value;
  try {
    localStorage.setItem(key, theme.value);
  } catch {
    // Not remembered, still applied.
  }
});

export function nextTheme(): void {
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'system';
}
