import type { FieldProblem, Problem } from './types';

/** What the API answered when it did not do as asked; `code` is stable and is what screens translate. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string | undefined;
  readonly traceId: string | undefined;
  readonly errors: readonly FieldProblem[];

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.name = 'ApiProblem';
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail ?? problem.title;
    this.traceId = problem.traceId;
    this.errors = problem.errors ?? [];
  }

  /** The problem of one field, looked up by name or by the end of its JSON pointer. */
  of(field: string): FieldProblem | undefined {
    return this.errors.find((error) => fieldOf(error) === field);
  }
}

function fieldOf(error: FieldProblem): string | undefined {
  return error.field ?? error.pointer?.split('/').at(-1);
}

/** Reads an error body; a proxy's HTML page or an empty body still becomes a problem with a code. */
export function readProblem(status: number, body: string): ApiProblem {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) {
      const problem = parsed as Partial<Problem>;
      return new ApiProblem({ ...problem, status, code: problem.code ?? fallbackCode(status) });
    }
  } catch {
    // Not JSON: the status says all there is.
  }
  return new ApiProblem({ status, code: fallbackCode(status) });
}

export function networkProblem(): ApiProblem {
  return new ApiProblem({ status: 0, code: 'network.unreachable' });
}

function fallbackCode(status: number): string {
  if (status === 401) return 'auth.required';
  if (status === 404) return 'request.route_not_found';
  if (status === 413) return 'upload.too_large';
  if (status === 429) return 'request.too_many';
  return 'internal';
}
