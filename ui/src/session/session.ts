import { computed, shallowRef } from 'vue';
import { api, type Registration } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import type { Language, User } from '@/api/types';
import { queryClient } from '@/app/queryClient';

/** undefined: not asked yet; null: signed out. */
const current = shallowRef<User | null | undefined>(undefined);

export const user = computed(() => current.value ?? null);

type Listener = (user: User | null) => void;
const listeners = new Set<Listener>();

/** Told after each sign-in and sign-out. */
export function onSessionChange(listener: Listener): void {
  listeners.add(listener);
}

function change(next: User | null): void {
  const same = current.value?.id === next?.id;
  current.value = next;
  if (same) return;
  // What one account saw must never show up under another.
  queryClient.clear();
  for (const listener of listeners) listener(next);
}

/** Asks the server who is signed in, once; an unreachable server is thrown, not taken for "nobody". */
export async function ensureSession(): Promise<User | null> {
  if (current.value !== undefined) return current.value;
  try {
    change(await api.me());
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
    change(null);
  }
  return user.value;
}

export async function signIn(login: string, password: string): Promise<User> {
  const { user: signedIn } = await api.login(login, password);
  change(signedIn);
  return signedIn;
}

export async function register(form: Registration): Promise<User> {
  const { user: registered } = await api.register(form);
  change(registered);
  return registered;
}

export async function signOut(): Promise<void> {
  await api.logout();
  change(null);
}

/** The server said that the session is over. */
export function endSession(): void {
  if (current.value) change(null);
}

export async function saveLanguage(language: Language): Promise<void> {
  if (!current.value || current.value.language === language) return;
  current.value = await api.updateMe({ language });
}
