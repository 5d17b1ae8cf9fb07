import { shallowRef } from 'vue';

export interface Question {
  title: string;
  text: string;
  action: string;
  answer: (yes: boolean) => void;
}

export const question = shallowRef<Question | null>(null);

/** Asks before something that cannot be undone; resolves to whether the user agreed. */
export function confirm(ask: Omit<Question, 'answer'>): Promise<boolean> {
  question.value?.answer(false);
  return new Promise((resolve) => {
    question.value = {
      ...ask,
      answer(yes) {
        question.value = null;
        resolve(yes);
      },
    };
  });
}
