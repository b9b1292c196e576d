import { createRoot } from 'react-dom/client';
import { createApiClient } from './api/client.ts';
import { App } from './app.tsx';
import { createSession } from './auth/session.ts';
import { loadConfig } from './config.ts';
import { TextsProvider } from './i18n/context.tsx';
import { initialLanguage } from './i18n/language.ts';
import type { Messages } from './i18n/messages.ts';
import { loadMessages } from './i18n/tables.ts';
import { replacePath } from './router.ts';
import { ServicesProvider } from './services.tsx';
import './styles/base.css';
import './styles/components.css';
import './styles/mandala.css';
import './styles/views.css';

/** Without its configuration the page can do nothing but say so. */
function showFailure(root: HTMLElement, texts: Messages): void {
  const note = document.createElement('p');
  note.className = 'fatal';
  note.setAttribute('role', 'alert');
  note.textContent = `${texts.problem.slow.what} ${texts.problem.slow.next}`;
  const again = document.createElement('button');
  again.type = 'button';
  again.className = 'button button-primary';
  again.textContent = texts.common.retry;
  again.onclick = () => location.reload();
  root.replaceChildren(note, again);
}

async function start(root: HTMLElement): Promise<void> {
  const language = initialLanguage(localStorage, navigator.languages);
  document.documentElement.lang = language;
  const messages = await loadMessages(language);
  try {
    const config = await loadConfig();
    const session = createSession(config, {
      local: localStorage,
      session: sessionStorage,
      address: () => new URL(location.href),
      leaveFor: (url) => location.assign(url),
      replacePath,
      fetch: fetch.bind(globalThis),
    });
    const api = createApiClient({
      apiUrl: config.apiUrl,
      token: () => session.token(),
      onUnauthorized: () => session.expire(),
    });
    createRoot(root).render(
      <TextsProvider initial={{ language, messages }}>
        <ServicesProvider services={{ config, session, api }}>
          <App />
        </ServicesProvider>
      </TextsProvider>,
    );
    await session.resume();
  } catch {
    showFailure(root, messages);
  }
}

const root = document.getElementById('root');
if (root !== null) void start(root);
