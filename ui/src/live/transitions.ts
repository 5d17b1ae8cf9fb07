import type { Job } from '@/api/types';

export interface Transition {
  finished: boolean;
  /** The quarter (25, 50 or 75 percent) this change crossed. */
  quarter: number | null;
}

/** Remembers what was last seen of each job, and tells what is worth saying about a change; says each thing once. */
export class Transitions {
  private readonly seen = new Map<string, { revision: number; final: boolean; quarter: number }>();

  observe(job: Job): Transition {
    const known = this.seen.get(job.id);
    if (known && job.revision <= known.revision) return { finished: false, quarter: null };
    const final = job.state === 'completed' || job.state === 'failed';
    const quarter = job.state === 'processing' ? Math.floor(Math.min(99, job.percent) / 25) * 25 : 0;
    this.seen.set(job.id, { revision: job.revision, final, quarter: Math.max(quarter, known?.quarter ?? 0) });
    // A job first seen when it was already over is old news.
    if (!known) return { finished: false, quarter: null };
    return { finished: final && !known.final, quarter: quarter > known.quarter ? quarter : null };
  }

  clear(): void {
    this.seen.clear();
  }
}
