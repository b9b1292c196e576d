import { isRecord } from '../api/check.ts';
import type { CognitoSettings } from '../config.ts';
import { challengeOf, randomText } from './pkce.ts';

/** Between leaving for the hosted page and coming back. It holds no token. */
const KEY = 'goal-activity.sign-in';

type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The hosted page's address; what is needed to come back is put into `memory`. */
export async function beginSignIn(settings: CognitoSettings, memory: Memory, returnTo: string): Promise<string> {
  const verifier = randomText();
  const state = randomText();
  memory.setItem(KEY, JSON.stringify({ verifier, state, returnTo }));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    scope: 'openid email',
    state,
    code_challenge: await challengeOf(verifier),
    code_challenge_method: 'S256',
  });
  return `https://${settings.domain}/oauth2/authorize?${query}`;
}

/** Whether the page was opened by the hosted page, which sends `code` and `state`, or `error`. */
export const isReturn = (settings: CognitoSettings, address: URL): boolean =>
  address.pathname === new URL(settings.redirectUri).pathname &&
  address.searchParams.has('state') &&
  (address.searchParams.has('code') || address.searchParams.has('error'));

export interface SignedIn {
  readonly token: string;
  readonly user: string;
  /** Path to go back to, within this page. */
  readonly returnTo: string;
}

/**
 * Exchanges the code for tokens.
 * @throws Error when the answer is not one to the sign-in that this tab began, or Cognito refuses
 */
export async function finishSignIn(
  settings: CognitoSettings,
  memory: Memory,
  address: URL,
  request: typeof fetch = fetch,
): Promise<SignedIn> {
  const begun: unknown = JSON.parse(memory.getItem(KEY) ?? 'null');
  memory.removeItem(KEY);
  const code = address.searchParams.get('code');
  if (!isRecord(begun) || typeof begun.verifier !== 'string' || begun.state !== address.searchParams.get('state')) {
    throw new Error('this sign-in was not begun here');
  }
  if (code === null) throw new Error(`sign-in refused: ${address.searchParams.get('error')}`);
  const response = await request(`https://${settings.domain}/oauth2/token`, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: settings.clientId,
      redirect_uri: settings.redirectUri,
      code,
      code_verifier: begun.verifier,
    }),
  });
  const tokens: unknown = await response.json();
  if (!response.ok || !isRecord(tokens) || typeof tokens.access_token !== 'string') {
    throw new Error(`no token: ${response.status}`);
  }
  return {
    token: tokens.access_token,
    user: typeof tokens.id_token === 'string' ? nameOf(tokens.id_token) : '',
    returnTo: pathWithin(begun.returnTo),
  };
}

export function signOutUrl(settings: CognitoSettings): string {
  const query = new URLSearchParams({ client_id: settings.clientId, logout_uri: settings.redirectUri });
  return `https://${settings.domain}/logout?${query}`;
}

/** Only a path of this page: `//host` would lead elsewhere. */
export const pathWithin = (value: unknown): string =>
  typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : '/';

/** The name in an id token, to be shown; nothing is decided by it, so its signature is not checked. */
export function nameOf(idToken: string): string {
  try {
    const payload = (idToken.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const claims: unknown = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))),
    );
    const name = isRecord(claims) ? (claims.email ?? claims['cognito:username'] ?? claims.sub) : '';
    return typeof name === 'string' ? name : '';
  } catch {
    return '';
  }
}
