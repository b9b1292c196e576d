import { isRecord } from '@goal-activity/client/json.ts';

export interface CognitoSettings {
  readonly kind: 'cognito';
  /** Host of the hosted pages, without `https://`. */
  readonly domain: string;
  readonly clientId: string;
  readonly redirectUri: string;
}

export interface Config {
  /** Where the API is; empty for where the page came from. */
  readonly apiUrl: string;
  readonly auth: { readonly kind: 'local' } | CognitoSettings;
}

const isCognito = (auth: Record<string, unknown>): auth is Record<string, unknown> & CognitoSettings =>
  auth.kind === 'cognito' && ['domain', 'clientId', 'redirectUri'].every((name) => typeof auth[name] === 'string');

/**
 * Checks what `/config.json` holds.
 * @throws Error that says what is missing
 */
export function parseConfig(value: unknown): Config {
  if (!isRecord(value) || typeof value.apiUrl !== 'string') throw new Error('config.json has no apiUrl');
  const apiUrl = value.apiUrl.replace(/\/+$/, '');
  const { auth } = value;
  if (!isRecord(auth)) throw new Error('config.json has no auth');
  if (auth.kind === 'local') return { apiUrl, auth: { kind: 'local' } };
  if (!isCognito(auth)) {
    throw new Error('config.json: auth must be {"kind":"local"} or have domain, clientId and redirectUri');
  }
  const { kind, domain, clientId, redirectUri } = auth;
  return { apiUrl, auth: { kind, domain: domain.replace(/^https:\/\/|\/+$/g, ''), clientId, redirectUri } };
}

export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return parseConfig(await response.json());
}
