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

/** The options of a run in words: "1 per second, from 10, PNG". */
export function sayOptions(options: ExtractionOptions): string {
  const parts = (['fps', 'every', 'count', 'from', 'to', 'maxFrames'] as const)
    .filter((name) => options[name] !== null && options[name] !== undefined && options[name] !== '')
    .map((name) => t(`job.summary.${name}`, { value: sayNumber(String(options[name])) }));
  if (options.width || options.height) parts.push(`${options.width ?? '·'} × ${options.height ?? '·'}`);
  if (options.format) parts.push(options.format.toUpperCase());
  if (options.format === 'jpeg' && options.quality) parts.push(t('job.summary.quality', { value: options.quality }));
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
