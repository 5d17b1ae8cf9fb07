import { VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import 'vue-sonner/style.css';
import '@/app/styles/tokens.css';
import '@/app/styles/base.css';
import '@/app/styles/controls.css';
import App from '@/app/App.vue';
import { queryClient } from '@/app/queryClient';
import { createAppRouter, wireSession } from '@/app/router';
import { onOpenVideo } from '@/live/live';
import { i18n, matchLanguage, rememberedLanguage, useLanguage } from '@/i18n';

await useLanguage(rememberedLanguage() ?? matchLanguage(navigator.languages));

const router = createAppRouter();
wireSession(router);
onOpenVideo((id) => void router.push({ name: 'video', params: { id } }));
createApp(App).use(i18n).use(VueQueryPlugin, { queryClient }).use(router).mount('#app');
