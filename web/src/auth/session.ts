import { isRecord } from '../api/check.ts';
import { apiErrorOf, ConnectionError } from '../api/errors.ts';
import type { Config } from '../config.ts';
import { beginSignIn, finishSignIn, isReturn, signOutUrl } from './cognito.ts';

export type SessionState =
  | { readonly status: 'signingIn' }
  | { readonly status: 'signedOut'; readonly reason: 'none' | 'expired' | 'failed' }
  | { readonly status: 'signedIn'; readonly user: string };

/** Name of who was here last: locally to sign in again after a reload, with Cognito only that somebody was. Never a token. */
const REMEMBERED = 'goal-activity.user';

export interface Session {
  getState(): SessionState;
  subscribe(listener: () => void): () => void;
  token(): string | undefined;
  /** Signs in again where that needs no question: after a reload, or when coming back from the hosted page. */
  resume(): Promise<void>;
  /** @param user of the local stack; leaves for the hosted page with Cognito */
  signIn(user?: string): Promise<void>;
  signOut(): void;
  /** The API refused the token. */
  expire(): void;
}

export interface Browser {
  readonly local: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly session: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  address(): URL;
  leaveFor(url: string): void;
  replacePath(path: string): void;
  readonly fetch: typeof fetch;
}

/** Who is signed in. The token is in this closure and nowhere else. */
export function createSession(config: Config, browser: Browser): Session {
  const { auth } = config;
  const listeners = new Set<() => void>();
  let token: string | undefined;
  let state: SessionState = { status: 'signingIn' };

  function become(next: SessionState, nextToken?: string): void {
    token = nextToken;
    state = next;
    for (const listener of listeners) listener();
  }

  async function signInLocally(user: string): Promise<void> {
    let response: Response;
    try {
      response = await browser.fetch(`${config.apiUrl}/local/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userId: user }),
      });
    } catch (cause) {
      throw new ConnectionError('no answer', { cause });
    }
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok || !isRecord(body) || typeof body.token !== 'string') {
      throw apiErrorOf(response.status, body, null);
    }
    browser.local.setItem(REMEMBERED, user);
    become({ status: 'signedIn', user }, body.token);
  }

  async function leave(): Promise<void> {
    if (auth.kind !== 'cognito') return;
    const { pathname, search } = browser.address();
    browser.leaveFor(await beginSignIn(auth, browser.session, pathname + search));
  }

  return {
    getState: () => state,
    token: () => token,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async resume() {
      const remembered = browser.local.getItem(REMEMBERED);
      try {
        if (auth.kind === 'local') {
          if (remembered === null) become({ status: 'signedOut', reason: 'none' });
          else await signInLocally(remembered);
          return;
        }
        const address = browser.address();
        if (isReturn(auth, address)) {
          const { token: received, user, returnTo } = await finishSignIn(auth, browser.session, address, browser.fetch);
          browser.replacePath(returnTo);
          browser.local.setItem(REMEMBERED, '1');
          become({ status: 'signedIn', user }, received);
        } else if (remembered === null) become({ status: 'signedOut', reason: 'none' });
        else await leave();
      } catch {
        // Without this, a hosted page that refuses would be asked again and again.
        if (auth.kind === 'cognito') {
          browser.local.removeItem(REMEMBERED);
          if (isReturn(auth, browser.address())) browser.replacePath('/');
        }
        become({ status: 'signedOut', reason: 'failed' });
      }
    },
    async signIn(user) {
      if (auth.kind === 'local') await signInLocally(user ?? '');
      else await leave();
    },
    signOut() {
      browser.local.removeItem(REMEMBERED);
      become({ status: 'signedOut', reason: 'none' });
      if (auth.kind === 'cognito') browser.leaveFor(signOutUrl(auth));
    },
    expire() {
      if (state.status === 'signedIn') become({ status: 'signedOut', reason: 'expired' });
    },
  };
}
