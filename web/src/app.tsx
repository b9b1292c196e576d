import { Suspense, useEffect, useSyncExternalStore } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { Announcer } from './announcer.tsx';
import { Button, Heading, Loading } from './components/basics.tsx';
import { ErrorBoundary } from './components/errors.tsx';
import { useTexts } from './i18n/context.tsx';
import { LANGUAGES } from './i18n/language.ts';
import { paths } from './paths.ts';
import { useServices } from './services.ts';
import { GoalsView } from './views/goals.tsx';
import { SignIn } from './views/sign-in.tsx';
import { fetchViewsAhead, lazyView } from './views-ahead.ts';

const CreateView = lazyView(() => import('./views/create/create.tsx'));
const GoalView = lazyView(() => import('./views/goal/goal.tsx'));
const EditView = lazyView(() => import('./views/edit/edit.tsx'));
const RunView = lazyView(() => import('./views/run/run.tsx'));
const TodayView = lazyView(() => import('./views/today.tsx'));
const HistoryView = lazyView(() => import('./views/history.tsx'));

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

/** A person's link may encode more characters than the page does. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function NotFound() {
  const { t } = useTexts();
  return (
    <div className="empty">
      <Heading title={t.notFound.title} />
      <p>{t.notFound.body}</p>
      <Link className="button button-primary" href={paths.goals}>
        {t.goals.title}
      </Link>
    </div>
  );
}

function Views() {
  const [pathname] = useLocation();
  return (
    <ErrorBoundary key={pathname}>
      <Suspense fallback={<Loading />}>
        <Switch>
          <Route path={paths.goals} component={GoalsView} />
          <Route path="/goals" component={GoalsView} />
          <Route path={paths.create} component={CreateView} />
          <Route path="/goals/:goalId">{({ goalId }) => <GoalView goalId={decoded(goalId)} />}</Route>
          <Route path="/goals/:goalId/edit">{({ goalId }) => <EditView goalId={decoded(goalId)} />}</Route>
          <Route path="/runs/:arn">{({ arn }) => <RunView executionArn={decoded(arn)} />}</Route>
          <Route path={paths.today} component={TodayView} />
          <Route path={paths.history} component={HistoryView} />
          <Route component={NotFound} />
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}

export function App() {
  const { t } = useTexts();
  const { session } = useServices();
  const [pathname] = useLocation();
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const isSignedIn = state.status === 'signedIn';
  useEffect(() => {
    if (isSignedIn) fetchViewsAhead();
  }, [isSignedIn]);
  const room = /^\/(?:goals|runs|$)/.test(pathname) ? paths.goals : pathname;
  const current = (path: string) => (path === room ? 'page' : undefined);

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
        {/* In most cases who comes is signed in, and nothing moves. */}
        {state.status !== 'signedOut' && (
          <nav aria-label={t.nav.label}>
            <Link href={paths.goals} aria-current={current(paths.goals)}>
              {t.nav.goals}
            </Link>
            <Link href={paths.today} aria-current={current(paths.today)}>
              {t.nav.today}
            </Link>
            <Link href={paths.history} aria-current={current(paths.history)}>
              {t.nav.history}
            </Link>
          </nav>
        )}
        <LanguageSwitch />
      </header>
      <main id="content" tabIndex={-1}>
        {state.status === 'signingIn' && <p className="loading">{t.signIn.working}</p>}
        {state.status === 'signedOut' && <SignIn reason={state.reason} />}
        {isSignedIn && <Views />}
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
