import { useState } from 'react';
import { Button, Heading } from '../components/basics.tsx';
import { ErrorNote } from '../components/errors.tsx';
import { useAction } from '../hooks.ts';
import { useTexts } from '../i18n/context.tsx';
import { useServices } from '../services.ts';

/** Users to choose from locally; each sees only their own goals. `me` is who the terminal's curl lines and samples are for. */
const LOCAL_USERS = ['me', 'aoi', 'ben'];

/** The local stack has no passwords: it signs in whoever is named. */
function LocalUsers({ isSigningIn, onPick }: { isSigningIn: boolean; onPick: (user: string) => void }) {
  const { t } = useTexts();
  const [name, setName] = useState('');

  return (
    <div className="card">
      <h2>{t.signIn.pick}</h2>
      <ul className="users">
        {LOCAL_USERS.map((user) => (
          <li key={user}>
            <Button disabled={isSigningIn} onClick={() => onPick(user)}>
              <span className="avatar" aria-hidden="true">
                {user.slice(0, 1).toUpperCase()}
              </span>
              {user}
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') onPick(name.trim());
        }}
      >
        <label htmlFor="user-name">{t.signIn.name}</label>
        <input
          id="user-name"
          value={name}
          maxLength={128}
          autoComplete="username"
          aria-describedby="user-name-hint"
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" kind="primary" disabled={isSigningIn || name.trim() === ''}>
          {t.signIn.submit}
        </Button>
      </form>
      <p className="hint" id="user-name-hint">
        {t.signIn.nameHint}
      </p>
    </div>
  );
}

export function SignIn({ reason }: { reason: 'none' | 'expired' | 'failed' }) {
  const { t } = useTexts();
  const { config, session } = useServices();
  const signIn = useAction(async (user?: string) => session.signIn(user));

  return (
    <div className="sign-in">
      <img src="/icon.svg" alt="" width="72" height="72" />
      <Heading title={t.signIn.title}>{t.tagline}</Heading>
      <p className="lead">{t.signIn.intro}</p>
      {reason !== 'none' && (
        <p className="note note-info" role="alert">
          {reason === 'expired' ? t.signIn.expired : t.signIn.failed}
        </p>
      )}
      {config.auth.kind === 'cognito' ? (
        <div className="card">
          <Button kind="primary" disabled={signIn.isRunning} onClick={() => signIn.run()}>
            {t.signIn.hosted}
          </Button>
          <p className="hint">{t.signIn.hostedHint}</p>
        </div>
      ) : (
        <LocalUsers isSigningIn={signIn.isRunning} onPick={signIn.run} />
      )}
      <ErrorNote error={signIn.error} />
    </div>
  );
}
