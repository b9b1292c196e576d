import { lazy, Suspense, useSyncExternalStore } from 'react';
import { Announcer } from './announcer.tsx';
import { Button, Heading, Link, Loading } from './components/basics.tsx';
import { useTexts } from './i18n/context.tsx';
import { LANGUAGES } from './i18n/language.ts';
import { currentAddress, paths, type Route, routeOf, subscribe } from './router.ts';
import { useServices } from './services.tsx';
import { GoalsView } from './views/goals.tsx';
import { SignIn } from './views/sign-in.tsx';

const CreateView = lazy(() => import('./views/create.tsx'));
const GoalView = lazy(() => import('./views/goal.tsx'));
const RunView = lazy(() => import('./views/run.tsx'));
const HistoryView = lazy(() => import('./views/history.tsx'));

const LANGUAGE_NAMES = { en: 'EN, English', ja: '日本語' } as const;
const LANGUAGE_LABELS = { en: 'EN', ja: '日本語' } as const;

function LanguageSwitch() {
  const { t, language, setLanguage } = useTexts();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
    <div className="language" role="group" aria-label={t.language}>
      {LANGUAGES.map((each) => (
        <button
          key={each}
          type="button"
          lang={each}
          aria-label={LANGUAGE_NAMES[each]}
          aria-pressed={each === language}
          onClick={() => setLanguage(each)}
        >
          {LANGUAGE_LABELS[each]}
        </button>
      ))}
    </div>
  );
}

function View({ route, address }: { route: Route; address: string }) {
  const { t } = useTexts();
  switch (route.view) {
    case 'goals':
      return <GoalsView />;
    case 'create':
      return <CreateView />;
    case 'goal':
      return <GoalView key={route.goalId} goalId={route.goalId} />;
    case 'run':
      return <RunView key={route.executionArn} executionArn={route.executionArn} />;
    case 'history':
      return <HistoryView search={address.split('?')[1] ?? ''} />;
    default:
      return (
        <div className="empty">
          <Heading title={t.notFound.title}>{t.notFound.title}</Heading>
          <p>{t.notFound.body}</p>
          <Link className="button button-primary" href={paths.goals}>
            {t.goals.title}
          </Link>
        </div>
      );
  }
}

export function App() {
  const { t } = useTexts();
  const { session } = useServices();
  const address = useSyncExternalStore(subscribe, currentAddress);
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const route = routeOf(address.split('?')[0] ?? '');
  const isSignedIn = state.status === 'signedIn';
  const current = (views: readonly Route['view'][]) => (views.includes(route.view) ? 'page' : undefined);

  return (
    <>
      <a className="skip-link" href="#content">
        {t.skipToContent}
      </a>
      <header className="header">
        <Link className="brand" href={paths.goals} aria-label={t.appName}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span>{t.appName}</span>
        </Link>
        {isSignedIn && (
          <nav aria-label={t.nav.label}>
            <Link href={paths.goals} aria-current={current(['goals', 'goal', 'create', 'run'])}>
              {t.nav.goals}
            </Link>
            <Link href={paths.history} aria-current={current(['history'])}>
              {t.nav.history}
            </Link>
          </nav>
        )}
        <LanguageSwitch />
      </header>
      <main id="content" tabIndex={-1}>
        {state.status === 'signingIn' && <p className="loading">{t.signIn.working}</p>}
        {state.status === 'signedOut' && <SignIn reason={state.reason} />}
        {isSignedIn && (
          <Suspense fallback={<Loading />}>
            <View route={route} address={address} />
          </Suspense>
        )}
      </main>
      {isSignedIn && (
        <footer className="footer">
          <span>{t.nav.signedInAs(state.user)}</span>
          <Button kind="quiet" onClick={() => session.signOut()}>
            {t.nav.signOut}
          </Button>
        </footer>
      )}
      <Announcer />
    </>
  );
}
