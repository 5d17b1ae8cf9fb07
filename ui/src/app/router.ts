import { createRouter, createWebHistory, type Router } from 'vue-router';
import { onSignedOut } from '@/api/http';
import { rememberedLanguage, useLanguage } from '@/i18n';
import { startLive, stopLive } from '@/live/live';
import { endSession, ensureSession, onSessionChange, user } from '@/session/session';
import { uploads } from '@/uploads/uploads';
import { titleKey } from './title';

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title; pages that know better set it themselves. */
    title: string;
    /** Open to people who are not signed in. */
    open?: boolean;
  }
}

export function createAppRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', name: 'videos', component: () => import('@/videos/VideosPage.vue'), meta: { title: 'videos.title' } },
      { path: '/videos/:id', name: 'video', component: () => import('@/videos/VideoPage.vue'), props: true, meta: { title: 'videos.title' } },
      { path: '/mail/:id?', name: 'mail', component: () => import('@/mail/MailPage.vue'), props: true, meta: { title: 'mail.title' } },
      { path: '/sign-in', name: 'sign-in', component: () => import('@/session/SignInPage.vue'), meta: { title: 'session.title', open: true } },
      { path: '/:rest(.*)*', name: 'not-found', component: () => import('./NotFoundPage.vue'), meta: { title: 'app.notFound.title', open: true } },
    ],
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  });

  router.beforeEach(async (to) => {
    const signedIn = await ensureSession().catch(() => undefined);
    // The server is out of reach: the page itself says so, and asks again.
    if (signedIn === undefined) return true;
    if (!signedIn && !to.meta.open) return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
    if (signedIn && to.name === 'sign-in') return nextOf(to.query.next);
    return true;
  });
  router.afterEach((to, from) => {
    titleKey.value = { key: to.meta.title };
    // A new page starts at its beginning for the keyboard and the screen reader too.
    if (from.name && from.name !== to.name) document.getElementById('content')?.focus({ preventScroll: true });
  });
  return router;
}

/** Where to go after signing in; only paths inside this app. */
export function nextOf(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}

/** Ties what lives as long as a session to the session: the live stream, the uploads, the page one is sent to. */
export function wireSession(router: Router): void {
  onSignedOut(endSession);
  onSessionChange((signedIn) => {
    if (signedIn) {
      startLive();
      if (!rememberedLanguage()) void useLanguage(signedIn.language);
      return;
    }
    stopLive();
    uploads.cancelAll();
    const here = router.currentRoute.value;
    if (!user.value && here.name && !here.meta.open)
      void router.push({ name: 'sign-in', query: here.fullPath === '/' ? {} : { next: here.fullPath } });
  });
}
