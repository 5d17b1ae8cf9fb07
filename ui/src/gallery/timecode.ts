/** Seconds as `HH:MM:SS.mmm`, rounded to the nearest millisecond. */
export function timeCode(seconds: number): string {
  const milliseconds = Math.max(0, Math.round(seconds * 1000));
  const pad = (value: number, width: number) => String(value).padStart(width, '0');
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const rest = Math.floor(milliseconds / 1000) % 60;
  return `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(rest, 2)}.${pad(milliseconds % 1000, 3)}`;
}

/**
 * Reads seconds ("75", "75.5"), `MM:SS` or `HH:MM:SS`, each with an optional fraction; a comma is taken for the point.
 * @returns the seconds, or null when the text is none of these.
 */
export function parseTime(text: string): number | null {
  const parts = text.trim().replace(',', '.').split(':');
  if (parts.length > 3) return null;
  const last = parts.at(-1) ?? '';
  if (!/^\d+(\.\d+)?$/.test(last) || !parts.slice(0, -1).every((part) => /^\d+$/.test(part))) return null;
  const numbers = parts.map(Number);
  // Below the leading part, minutes and seconds stop at 59.
  if (numbers.slice(1).some((value) => value >= 60)) return null;
  return numbers.reduce((total, value) => total * 60 + value, 0);
}

/** Seconds as a short length: `2:19`, `1:02:19`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
