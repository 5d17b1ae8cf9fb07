import { language } from '@/i18n';

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A size in the user's language: decimal units, three digits at most. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return new Intl.NumberFormat(language.value, {
    style: 'unit',
    unit: units[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(language.value, { maximumFractionDigits: digits }).format(value);
}

export function formatPercent(value: number): string {
  return new Intl.NumberFormat(language.value, { style: 'percent' }).format(Math.floor(value) / 100);
}

/** A length of time for people: "12 s", "3 min", "1 h 20 min". */
export function formatWait(seconds: number): string {
  const part = (value: number, unit: 'second' | 'minute' | 'hour') =>
    new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
  if (seconds < 60) return part(Math.max(1, Math.round(seconds)), 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return part(minutes, 'minute');
  const rest = minutes % 60;
  return rest === 0 ? part(minutes / 60, 'hour') : `${part(Math.floor(minutes / 60), 'hour')} ${part(rest, 'minute')}`;
}

const steps = [
  ['minute', 60, 3600],
  ['hour', 3600, 86_400],
  ['day', 86_400, 7 * 86_400],
] as const;

/** "5 minutes ago" for the last week, the date before that. */
export function formatAgo(time: string, now: number): string {
  const seconds = (now - Date.parse(time)) / 1000;
  const relative = new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' });
  if (seconds < 60) return relative.format(0, 'second');
  for (const [unit, size, end] of steps) if (seconds < end) return relative.format(-Math.floor(seconds / size), unit);
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'medium' }).format(new Date(time));
}

export function formatMoment(time: string): string {
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time));
}
