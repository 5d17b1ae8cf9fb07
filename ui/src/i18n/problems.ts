import type { FieldProblem, JobWarning } from '@/api/types';
import { ApiProblem } from '@/api/problem';
import { i18n, t } from '.';

/** The sentence for a code: in the user's language when it is known, else as the server said it. */
export function sayCode(code: string, fallback?: string | null): string {
  const path = `errors.${code}`;
  if (i18n.global.te(path)) return t(path);
  return fallback || t('errors.unknown', { code });
}

export function sayProblem(error: unknown): string {
  // "Some entries need correcting" helps nobody where the entries are not on the screen: then the entries' own sentences do.
  if (error instanceof ApiProblem && error.errors.length > 0) return error.errors.map(sayField).join(' ');
  if (error instanceof ApiProblem) return sayCode(error.code, error.detail);
  return t('errors.unknown', { code: error instanceof Error ? error.name : 'error' });
}

/** At a field, "some entries need correcting" says nothing: there the server's own words are better in any language. */
export function sayField(problem: FieldProblem): string {
  return problem.code === 'request.invalid' && problem.detail ? problem.detail : sayCode(problem.code, problem.detail);
}

export function sayWarning(warning: JobWarning): string {
  const path = `warnings.${warning.code}`;
  return i18n.global.te(path) ? t(path) : warning.message;
}
