import { ApiProblem, networkProblem, readProblem } from './problem';

/** Proves to the server that an unsafe request with the cookie came from this page. */
export const requestHeader = ['X-Fotograma-Request', '1'] as const;

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

interface Call {
  method?: Method;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

const signedOutListeners = new Set<() => void>();

/** Called whenever any request is answered with "sign in first". */
export function onSignedOut(listener: () => void): void {
  signedOutListeners.add(listener);
}

export function reportSignedOut(problem: ApiProblem): void {
  if (problem.code === 'auth.required') for (const listener of signedOutListeners) listener();
}

/**
 * Sends one JSON request with the session cookie.
 * @throws ApiProblem for every answer that is not a success, and for an unreachable server (code `network.unreachable`).
 */
export async function request<T>(path: string, { method = 'GET', body, signal }: Call = {}): Promise<T> {
  const headers = new Headers({ Accept: 'application/json' });
  if (method !== 'GET') headers.set(...requestHeader);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const response = await send(path, {
    method,
    headers,
    credentials: 'same-origin',
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  });
  if (response.status === 204) return undefined as T;
  if (response.ok) return (await response.json()) as T;
  const problem = readProblem(response.status, await response.text());
  reportSignedOut(problem);
  throw problem;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw networkProblem();
  }
}
