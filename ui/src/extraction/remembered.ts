import { reactive, watch } from 'vue';
import { readStored, writeStored } from '@/app/storage';
import { defaultForm, type ExtractionForm } from './options';

const key = 'fotograma.extraction';

function restore(): ExtractionForm {
  const form: ExtractionForm = { ...defaultForm };
  const stored = readStored<Record<string, unknown>>(key) ?? {};
  // Only known fields of the right type: what an older version stored must not break the form.
  for (const [field, value] of Object.entries(stored))
    if (field in form && typeof value === typeof form[field as keyof ExtractionForm]) Object.assign(form, { [field]: value });
  if (!['fps', 'every', 'count'].includes(form.mode)) form.mode = defaultForm.mode;
  if (!['png', 'jpeg'].includes(form.format)) form.format = defaultForm.format;
  return form;
}

/** The options for the next uploads, kept across pages and visits. */
export const rememberedForm = reactive(restore());

watch(rememberedForm, (form) => writeStored(key, form));
