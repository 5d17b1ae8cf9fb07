/** The HTTP API's shapes. Times are RFC 3339 in UTC, ids are UUID text. */

export type Language = 'pt-BR' | 'en' | 'es';

export interface User {
  id: string;
  email: string;
  username: string | null;
  name: string | null;
  language: Language;
  createdAt: string;
}

export type JobState = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';

/** Extraction options as the server understands them; exactly one of `fps`, `every` and `count` is set. */
export interface ExtractionOptions {
  fps?: string | number | null;
  every?: string | number | null;
  count?: string | number | null;
  keyframes?: boolean | null;
  scenes?: string | number | null;
  timestamps?: string | null;
  frames?: string | null;
  all?: boolean | null;
  ranges?: string | null;
  dedupe?: number | null;
  crop?: string | null;
  enlarge?: boolean | null;
  pixels?: string | null;
  hdr?: string | null;
  deinterlace?: string | null;
  name?: string | null;
  extras?: string | null;
  from?: string | number | null;
  to?: string | number | null;
  maxFrames?: string | number | null;
  width?: string | number | null;
  height?: string | number | null;
  format?: string | null;
  quality?: string | number | null;
}

export interface JobWarning {
  code: string;
  message: string;
  atSeconds: number | null;
}

export interface JobResult {
  frames: number;
  archiveBytes: number;
  width: number;
  height: number;
  durationSeconds: number;
  archiveName: string;
  posterFrame: number | null;
  duplicatesRemoved: number | null;
}

export interface Job {
  id: string;
  videoId: string;
  name: string;
  state: JobState;
  /** 0 to 100. */
  percent: number;
  framesDone: number;
  framesExpected: number | null;
  /** Multiples of real time. */
  speed: number | null;
  etaSeconds: number | null;
  /** 1 is next; only while pending. */
  queuePosition: number | null;
  attempt: number;
  /** Grows with every change, so that an older answer never overwrites a newer one. */
  revision: number;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  options: ExtractionOptions;
  error: { code: string; message: string } | null;
  warnings: JobWarning[];
  result: JobResult | null;
}

export interface Video {
  id: string;
  name: string;
  bytes: number;
  sha256: string;
  container: string;
  createdAt: string;
  job: Job;
}

export interface VideoPage {
  items: Video[];
  nextCursor: string | null;
}

export interface Frame {
  /** Counts from 1. */
  index: number;
  file: string;
  /** Seconds. */
  time: number;
  pts: number;
  timeBase: string;
  duration: number;
  sourceFrame: number | null;
  keyFrame: boolean;
  width: number;
  height: number;
  bytes: number;
  sha256: string;
}

export interface FramePage {
  total: number;
  items: Frame[];
}

export interface MailSummary {
  id: string;
  kind: string;
  to: string;
  subject: string;
  createdAt: string;
  state: 'sent' | 'pending' | 'failed';
  videoId: string | null;
  jobId: string | null;
}

export interface MailList {
  items: MailSummary[];
  /** True while mails are kept in the development folder; false when they go out by SMTP. */
  folder: boolean;
}

export interface MailMessage {
  id: string;
  to: string;
  subject: string;
  createdAt: string;
  text: string;
  state: MailSummary['state'];
}

export interface Limits {
  uploadBytesMax: number;
  formats: string[];
  optionDefaults: { fps?: string; format?: string; quality?: number };
  framesOutMax: number;
}

export interface FieldProblem {
  field?: string;
  pointer?: string;
  code: string;
  detail?: string;
}

export interface Problem {
  title?: string;
  status: number;
  detail?: string;
  code: string;
  traceId?: string;
  errors?: FieldProblem[];
}
