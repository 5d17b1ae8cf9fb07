import { ref } from 'vue';

/** The text of the page's polite live region; screen readers speak it when it changes. */
export const announcement = ref('');

export function announce(text: string): void {
  announcement.value = text;
}
