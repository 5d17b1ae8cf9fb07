import { readonly, ref } from 'vue';

const stepMilliseconds = 30_000;
const clock = ref(Date.now());
setInterval(() => (clock.value = Date.now()), stepMilliseconds);

/** The time of day, moving on every half minute: enough for "5 minutes ago". */
export const now = readonly(clock);
