import type { ExtractionOptions, Video } from '@/api/types';
import { formatBytes, formatMoment, formatNumber, formatWait } from '@/app/format';
import { readableNumber } from '@/extraction/options';
import { clock } from '@/gallery/timecode';
import { t } from '@/i18n';

export interface Fact {
  label: string;
  value: string;
  /** Set in the typewriter face and allowed to break anywhere. */
  code?: boolean;
}

/** A fraction as a decimal of the user's language when that says the same: "5/2" is 2.5 or 2,5, but "30000/1001" stays. */
function sayNumber(text: string): string {
  const decimal = readableNumber(text);
  return /^\d+(\.\d{1,3})?$/.test(decimal) ? formatNumber(Number(decimal), 3) : text;
}

const which = ['fps', 'every', 'count', 'keyframes', 'scenes', 'timestamps', 'frames', 'all', 'ranges', 'from', 'to', 'maxFrames', 'dedupe'] as const;
const how = ['enlarge', 'pixels', 'hdr', 'deinterlace'] as const;
const longest = 40;

/** Lists may have thousands of entries: what does not fit is cut between two of them. */
function sayList(text: string): string {
  const spaced = text.split(',').join(', ');
  if (spaced.length <= longest) return spaced;
  return `${spaced.slice(0, Math.max(spaced.lastIndexOf(', ', longest), 0) || longest)} …`;
}

function sayValue(value: string | number | boolean): string {
  const text = String(value);
  return text.includes(',') || text.length > longest ? sayList(text) : sayNumber(text);
}

/** The options of a run in words: "1 per second, from 10, PNG". */
export function sayOptions(options: ExtractionOptions): string {
  const say = (names: readonly (typeof which | typeof how)[number][]) => names.flatMap((name) => {
    const value = options[name];
    return value === null || value === undefined || value === '' || value === false ? [] : [t(`job.summary.${name}`, { value: sayValue(value) })];
  });
  const parts = say(which);
  if (options.crop) parts.push(t('job.summary.crop', { value: options.crop }));
  if (options.width || options.height) parts.push(`${options.width ?? '·'} × ${options.height ?? '·'}`);
  parts.push(...say(how));
  if (options.format) parts.push(options.format.toUpperCase());
  if (options.format !== 'png' && options.quality) parts.push(t('job.summary.quality', { value: options.quality }));
  if (options.name) parts.push(t('job.summary.name', { value: options.name }));
  if (options.extras) parts.push(t('job.summary.extras', { value: sayList(options.extras) }));
  return parts.join(', ');
}

export function factsOf(video: Video): Fact[] {
  const { job } = video;
  const facts: Fact[] = [];
  if (job.result) {
    facts.push(
      { label: t('job.images'), value: formatNumber(job.result.frames) },
      { label: t('job.size'), value: `${job.result.width} × ${job.result.height}` },
      { label: t('job.length'), value: clock(job.result.durationSeconds) },
      { label: t('job.archive'), value: formatBytes(job.result.archiveBytes) },
    );
    if (job.result.duplicatesRemoved) facts.push({ label: t('job.duplicates'), value: formatNumber(job.result.duplicatesRemoved) });
  }
  facts.push({ label: t('job.video'), value: `${formatBytes(video.bytes)}, ${video.container}` }, { label: t('job.options'), value: sayOptions(job.options) });
  if (job.startedAt && job.finishedAt) {
    const seconds = (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000;
    facts.push({ label: t('job.took'), value: formatWait(seconds) });
  }
  facts.push({ label: t('job.uploaded'), value: formatMoment(video.createdAt) }, { label: t('job.checksum'), value: video.sha256, code: true });
  return facts;
}
