import type { ExtractionOptions } from '@/api/types';
import { parseTime } from '@/gallery/timecode';

export type SamplingMode = 'fps' | 'every' | 'count';
export type ImageFormat = 'png' | 'jpeg';

/** The options as typed: text stays text until it is sent, so that a half-typed number is never lost. */
export interface ExtractionForm {
  mode: SamplingMode;
  fps: string;
  every: string;
  count: string;
  from: string;
  to: string;
  maxFrames: string;
  width: string;
  height: string;
  format: ImageFormat;
  quality: number;
}

export type FormField = keyof ExtractionForm;
export type FormProblem = 'rate' | 'seconds' | 'whole' | 'time' | 'order' | 'range';

/** The least and the most the server takes. */
export const ranges: Readonly<Partial<Record<FormField, readonly [min: number, max: number]>>> = {
  fps: [1 / 86_400, 240],
  every: [0.001, 86_400],
  count: [1, 100_000],
  maxFrames: [1, 100_000],
  from: [0, 604_800],
  to: [0, 604_800],
  width: [2, 16_384],
  height: [2, 16_384],
};

export const defaultForm: Readonly<ExtractionForm> = {
  mode: 'fps',
  fps: '1',
  every: '5',
  count: '24',
  from: '',
  to: '',
  maxFrames: '',
  width: '',
  height: '',
  format: 'png',
  quality: 90,
};

const decimal = (text: string) => text.trim().replace(',', '.');

/** Frames per second: a positive number or fraction such as "30000/1001". */
export function parseRate(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(?:\/(\d+))?$/.exec(decimal(text));
  if (!match) return null;
  const rate = Number(match[1]) / Number(match[2] ?? 1);
  return Number.isFinite(rate) && rate > 0 ? rate : null;
}

/** Spans of time come back from the server as fractions of seconds ("151/2"); people read and type decimals. */
export function readableNumber(text: string): string {
  const value = parseRate(text);
  return text.includes('/') && value !== null ? String(roundMicro(value)) : text;
}

const roundMicro = (value: number) => Number(value.toFixed(6));

export function parseWhole(text: string): number | null {
  const trimmed = text.trim();
  return /^[1-9]\d{0,8}$/.test(trimmed) ? Number(trimmed) : null;
}

/** Everything wrong with the form at once, by field. */
export function validateForm(form: ExtractionForm): Partial<Record<FormField, FormProblem>> {
  const problems: Partial<Record<FormField, FormProblem>> = {};
  if (form.mode === 'fps' && parseRate(form.fps) === null) problems.fps = 'rate';
  if (form.mode === 'every' && !((parseTime(form.every) ?? 0) > 0)) problems.every = 'seconds';
  if (form.mode === 'count' && parseWhole(form.count) === null) problems.count = 'whole';
  for (const field of ['maxFrames', 'width', 'height'] as const)
    if (form[field].trim() !== '' && parseWhole(form[field]) === null) problems[field] = 'whole';
  for (const field of ['from', 'to'] as const)
    if (form[field].trim() !== '' && parseTime(form[field]) === null) problems[field] = 'time';
  for (const field of Object.keys(ranges) as FormField[]) if (!problems[field] && isOutOfRange(form, field)) problems[field] = 'range';
  const [from, to] = [parseTime(form.from), parseTime(form.to)];
  if (from !== null && to !== null && to <= from) problems.to = 'order';
  return problems;
}

function isOutOfRange(form: ExtractionForm, field: FormField): boolean {
  const text = String(form[field]);
  if (['fps', 'every', 'count'].includes(field) ? field !== form.mode : text.trim() === '') return false;
  const value = field === 'fps' ? parseRate(text) : parseTime(text);
  const range = ranges[field];
  return range !== undefined && value !== null && (value < range[0] || value > range[1]);
}

/** The options to send, for a form without problems; what was left empty is left out. */
export function toOptions(form: ExtractionForm): Record<string, string> {
  const options: Record<string, string> = { [form.mode]: decimal(form[form.mode]) };
  if (form.mode === 'every') options.every = String(roundMicro(parseTime(form.every) ?? 0));
  for (const field of ['from', 'to', 'maxFrames', 'width', 'height'] as const) {
    const text = decimal(form[field]);
    if (text !== '') options[field] = text;
  }
  // "1:15" is fine to type, but the server reads seconds or HH:MM:SS.
  for (const field of ['from', 'to'] as const) if (options[field]?.includes(':')) options[field] = String(roundMicro(parseTime(options[field]) ?? 0));
  options.format = form.format;
  if (form.format === 'jpeg') options.quality = String(form.quality);
  return options;
}

/** The form that would send these options again. */
export function fromOptions(options: ExtractionOptions): ExtractionForm {
  const text = (value: string | number | null | undefined) => (value === null || value === undefined ? '' : String(value));
  const mode: SamplingMode = text(options.every) !== '' ? 'every' : text(options.count) !== '' ? 'count' : 'fps';
  const form: ExtractionForm = { ...defaultForm, mode, format: options.format === 'jpeg' ? 'jpeg' : 'png' };
  if (text(options[mode]) !== '') form[mode] = mode === 'fps' ? text(options.fps) : readableNumber(text(options[mode]));
  for (const field of ['from', 'to', 'maxFrames', 'width', 'height'] as const) form[field] = readableNumber(text(options[field]));
  const quality = Number(options.quality);
  if (quality >= 1 && quality <= 100) form.quality = quality;
  return form;
}

/** How many images a video of this length would give; null while the form has problems. */
export function estimateFrames(form: ExtractionForm, seconds: number, framesOutMax = Infinity): number | null {
  if (Object.keys(validateForm(form)).length > 0) return null;
  const start = Math.min(seconds, parseTime(form.from) ?? 0);
  const length = Math.max(0, Math.min(seconds, parseTime(form.to) ?? seconds) - start);
  const sampled =
    form.mode === 'fps' ? length * (parseRate(form.fps) ?? 0)
    : form.mode === 'every' ? length / (parseTime(form.every) ?? 1)
    : (parseWhole(form.count) ?? 0);
  return Math.min(Math.max(length > 0 ? 1 : 0, Math.round(sampled)), parseWhole(form.maxFrames) ?? Infinity, framesOutMax);
}
