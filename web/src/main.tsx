import { createApiClient } from '@goal-activity/client/client.ts';
import { createRoot } from 'react-dom/client';
import { type AroundNavHandler, Router } from 'wouter';
import { App } from './app.tsx';
import { Session } from './auth/session.ts';
import { loadConfig } from './config.ts';
import { TextsProvider } from './i18n/context.tsx';
import type { Messages } from './i18n/en/en.ts';
import { initialLanguage } from './i18n/language.ts';
import { loadMessages } from './i18n/tables.ts';
import { ServicesContext } from './services.ts';
import './styles/base.css';
import './styles/components.css';
import './styles/mandala.css';
import './styles/views.css';

/** A new view begins at its top. Going where one is makes no entry in the history. */
const goTo: AroundNavHandler = (navigate, to, options) => {
  if (to === location.pathname + location.search) return;
  navigate(to, options);
  if (!options?.replace) scrollTo(0, 0);
};

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
    const session = new Session(config, {
      local: localStorage,
      session: sessionStorage,
      address: () => new URL(location.href),
      leaveFor: (url) => location.assign(url),
      replacePath: (path) => history.replaceState(null, '', path),
    });
    const api = createApiClient({
      baseUrl: config.apiUrl,
      token: () => session.token(),
      onUnauthorized: () => session.expire(),
    });
    createRoot(root).render(
      <TextsProvider initial={{ language, messages }}>
        <ServicesContext value={{ config, session, api }}>
          <Router aroundNav={goTo}>
            <App />
          </Router>
        </ServicesContext>
      </TextsProvider>,
    );
    await session.resume();
  } catch {
    showFailure(root, messages);
  }
}

const root = document.getElementById('root');
if (root !== null) void start(root);
