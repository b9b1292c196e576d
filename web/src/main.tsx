import { createApiClient } from '@goal-activity/client/client.ts';
import { ConnectionError } from '@goal-activity/client/errors.ts';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { type AroundNavHandler, Router } from 'wouter';
import { App } from './app.tsx';
import { Session } from './auth/session.ts';
import { isComingBack, rememberPlaces } from './come-back.ts';
import { ErrorNote } from './components/errors.tsx';
import { loadConfig } from './config.ts';
import { TextsProvider } from './i18n/context.tsx';
import { initialLanguage, loadMessages } from './i18n/language.ts';
import { ServicesContext } from './services.ts';
import './styles/base.css';
import './styles/frame.css';
import './styles/icons.css';
import './styles/components.css';
import './styles/forms.css';
import './styles/mandala.css';
import './styles/panel.css';
import './styles/sign-in.css';
import './styles/lists.css';
import './styles/create/create.css';
import './styles/create/entry-grid.css';
import './styles/goal.css';
import './tasks/tasks.css';
import './styles/run.css';
import './styles/timeline.css';
import './styles/truth.css';
import './styles/print.css';

/** A new view opens at its top, one that is come back to where it was. A link to the present address adds no entry to the history. */
const goTo: AroundNavHandler = (navigate, to, options) => {
  if (to === location.pathname + location.search) return;
  navigate(to, options);
  if (!options?.replace && !isComingBack()) scrollTo(0, 0);
};

/** The texts themselves did not arrive: what remains to be said is said in both languages. */
function showWordless(root: HTMLElement): void {
  const button = document.createElement('button');
  button.className = 'button button-primary';
  button.textContent = 'Load again / 再読み込み';
  button.addEventListener('click', () => location.reload());
  const words = document.createElement('p');
  words.textContent = 'This page did not load. ページを読み込めませんでした。';
  const note = document.createElement('main');
  note.className = 'empty';
  note.append(words, button);
  root.replaceChildren(note);
  addEventListener('online', () => location.reload());
}

async function start(root: HTMLElement): Promise<void> {
  const language = initialLanguage(localStorage, navigator.languages);
  document.documentElement.lang = language;
  const t = await loadMessages(language).catch((cause: unknown) => {
    showWordless(root);
    throw cause;
  });
  const page = createRoot(root);
  const render = (content: ReactNode) =>
    page.render(<TextsProvider initial={{ language, t }}>{content}</TextsProvider>);
  try {
    const config = await loadConfig();
    const session = new Session(config, {
      local: localStorage,
      session: sessionStorage,
      address: () => new URL(location.href),
      leaveFor: (url) => location.assign(url),
      replacePath: (path) => history.replaceState(null, '', path),
      others: new BroadcastChannel('goal-activity.session'),
    });
    const api = createApiClient({
      baseUrl: config.apiUrl,
      token: () => session.token(),
      onUnauthorized: () => session.expire(),
    });
    render(
      <ServicesContext value={{ config, session, api }}>
        <Router aroundNav={goTo}>
          <App />
        </Router>
      </ServicesContext>,
    );
    await session.resume();
  } catch (cause) {
    // Without its configuration the page has nothing else to show.
    const error = new ConnectionError('GET /config.json', cause);
    render(<ErrorNote error={error} onRetry={() => location.reload()} />);
  }
}

rememberPlaces();
const root = document.getElementById('root');
if (root !== null) void start(root);
