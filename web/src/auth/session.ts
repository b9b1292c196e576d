import { localToken } from '@goal-activity/client/local-token.ts';
import type { CognitoSettings, Config } from '../config.ts';

export type SessionState =
  | { readonly status: 'signingIn' }
  | { readonly status: 'signedOut'; readonly reason: 'none' | 'expired' | 'failed' }
  | { readonly status: 'signedIn'; readonly user: string };

/** Name of who was here last: locally to sign in again after a reload, with Cognito only that somebody was. Never a token. */
const REMEMBERED = 'goal-activity.user';

export interface Browser {
  readonly local: Storage;
  readonly session: Storage;
  address(): URL;
  leaveFor(url: string): void;
  replacePath(path: string): void;
  /** The other tabs of the page. */
  readonly others: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>;
}

/** What a tab tells the others when somebody signs out in it. */
const SIGNED_OUT = 'signed out';

/** Whether the page was opened by the hosted page, which sends `code` and `state`, or `error`. */
const isReturn = (settings: CognitoSettings, { pathname, searchParams }: URL): boolean =>
  pathname === new URL(settings.redirectUri).pathname &&
  searchParams.has('state') &&
  (searchParams.has('code') || searchParams.has('error'));

/** Only a path of this page: `//host` would lead elsewhere. */
export const pathWithin = (value: unknown): string =>
  typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : '/';

/** Who is signed in. The token is in this object and nowhere else. */
export class Session {
  readonly #config: Config;
  readonly #browser: Browser;
  readonly #listeners = new Set<() => void>();
  #token: string | undefined;
  #state: SessionState = { status: 'signingIn' };

  constructor(config: Config, browser: Browser) {
    this.#config = config;
    this.#browser = browser;
    browser.others.addEventListener('message', ({ data }: MessageEvent) => {
      if (data === SIGNED_OUT && this.#state.status === 'signedIn')
        this.#become({ status: 'signedOut', reason: 'none' });
    });
  }

  readonly getState = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  token(): string | undefined {
    return this.#token;
  }

  /** Signs in again where that needs no question: after a reload, or when coming back from the hosted page. */
  async resume(): Promise<void> {
    const { auth } = this.#config;
    const { local, replacePath, address } = this.#browser;
    const remembered = local.getItem(REMEMBERED);
    const isBack = auth.kind === 'cognito' && isReturn(auth, address());
    try {
      if (isBack) await this.#finishSignIn(auth);
      else if (remembered) await this.signIn(remembered);
      else this.#become({ status: 'signedOut', reason: 'none' });
    } catch {
      // Without this, a hosted page that refuses would be asked again and again.
      if (auth.kind === 'cognito') local.removeItem(REMEMBERED);
      if (isBack) replacePath('/');
      this.#become({ status: 'signedOut', reason: 'failed' });
    }
  }

  /** @param user of the local stack; with Cognito the page leaves for the hosted page */
  async signIn(user = ''): Promise<void> {
    const { apiUrl, auth } = this.#config;
    if (auth.kind === 'cognito') {
      const { pathname, search } = this.#browser.address();
      const { signInUrl } = await import('./cognito.ts');
      this.#browser.leaveFor(await signInUrl(auth, this.#browser.session, pathname + search));
      return;
    }
    const token = await localToken(apiUrl, user);
    this.#browser.local.setItem(REMEMBERED, user);
    this.#become({ status: 'signedIn', user }, token);
  }

  /** In all tabs: each has a token of its own in its memory. */
  signOut(): void {
    const { auth } = this.#config;
    this.#browser.local.removeItem(REMEMBERED);
    this.#browser.others.postMessage(SIGNED_OUT);
    this.#become({ status: 'signedOut', reason: 'none' });
    if (auth.kind !== 'cognito') return;
    // Cognito's own form of a sign-out, which OpenID Connect does not know.
    const query = new URLSearchParams({ client_id: auth.clientId, logout_uri: auth.redirectUri });
    this.#browser.leaveFor(`https://${auth.domain}/logout?${query}`);
  }

  /** The API refused the token. */
  expire(): void {
    if (this.#state.status === 'signedIn') this.#become({ status: 'signedOut', reason: 'expired' });
  }

  async #finishSignIn(auth: CognitoSettings): Promise<void> {
    const { local, session, replacePath, address } = this.#browser;
    const { finishSignIn } = await import('./cognito.ts');
    const { token, user, returnTo } = await finishSignIn(auth, session, address());
    replacePath(pathWithin(returnTo));
    local.setItem(REMEMBERED, '1');
    this.#become({ status: 'signedIn', user }, token);
  }

  #become(state: SessionState, token?: string): void {
    this.#token = token;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
