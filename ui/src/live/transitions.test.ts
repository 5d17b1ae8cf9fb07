import { describe, expect, it } from 'vitest';
import type { Job } from '@/api/types';
import { Transitions } from './transitions';

const job = (revision: number, state: Job['state'], percent = 0) => ({ id: 'j', revision, state, percent }) as Job;

describe('Transitions', () => {
  it('tells the end of a job once', () => {
    const seen = new Transitions();
    expect(seen.observe(job(1, 'pending')).finished).toBe(false);
    expect(seen.observe(job(2, 'completed', 100)).finished).toBe(true);
    expect(seen.observe(job(2, 'completed', 100)).finished).toBe(false);
    expect(seen.observe(job(3, 'completed', 100)).finished).toBe(false);
  });

  it('says nothing about jobs that were over before', () => {
    expect(new Transitions().observe(job(7, 'failed')).finished).toBe(false);
  });

  it('tells each quarter once and ignores late news', () => {
    const seen = new Transitions();
    seen.observe(job(1, 'processing', 1));
    expect(seen.observe(job(2, 'processing', 30)).quarter).toBe(25);
    expect(seen.observe(job(3, 'processing', 40)).quarter).toBeNull();
    expect(seen.observe(job(5, 'processing', 80)).quarter).toBe(75);
    expect(seen.observe(job(4, 'processing', 55)).quarter).toBeNull();
  });
});
