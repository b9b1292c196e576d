import { createApiClient } from '@goal-activity/client/client.ts';
import { ConnectionError } from '@goal-activity/client/errors.ts';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { type AroundNavHandler, Router } from 'wouter';
import { App } from './app.tsx';
import { Session } from './auth/session.ts';
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
import './styles/create.css';
import './styles/goal.css';
import './styles/tasks.css';
import './styles/run.css';
import './styles/print.css';

/** A new view opens at its top. A link to the present address adds no entry to the history. */
const goTo: AroundNavHandler = (navigate, to, options) => {
  if (to === location.pathname + location.search) return;
  navigate(to, options);
  if (!options?.replace) scrollTo(0, 0);
};

async function start(root: HTMLElement): Promise<void> {
  const language = initialLanguage(localStorage, navigator.languages);
  document.documentElement.lang = language;
  const t = await loadMessages(language);
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

const root = document.getElementById('root');
if (root !== null) void start(root);
