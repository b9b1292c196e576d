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
  const { domain, clientId, redirectUri } = auth;
  if (
    auth.kind !== 'cognito' ||
    typeof domain !== 'string' ||
    typeof clientId !== 'string' ||
    typeof redirectUri !== 'string'
  ) {
    throw new Error('config.json: auth must be {"kind":"local"} or have domain, clientId and redirectUri');
  }
  return {
    apiUrl,
    auth: { kind: 'cognito', domain: domain.replace(/^https:\/\//, '').replace(/\/+$/, ''), clientId, redirectUri },
  };
}

export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return parseConfig(await response.json());
}
