import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Tokens } from './http-api.ts';
import { UserPool, userPoolDomain } from './user-pool.ts';

/** Host where people sign in: the one of the settings, or that of the stage's own user pool. */
export function signInDomain(config: StageConfig): string {
  return config.settings.signIn?.domain ?? userPoolDomain(config);
}

/** Which tokens the API takes, and by which client the page gets them. */
export interface SignIn {
  readonly tokens: Tokens;
  /** Empty for a stage that has neither page nor user pool. */
  readonly clientId: string;
}

/**
 * The tokens of the settings' issuer, or those of a user pool that is made when there is none.
 * @param redirectUri of the page, where the user pool sends people back to
 */
export function makeSignIn(scope: Construct, config: StageConfig, redirectUri?: string): SignIn {
  const { issuer, audience, signIn, callbackUrls = [] } = config.settings;
  if (issuer !== undefined && audience !== undefined) {
    return { tokens: { issuer, audience }, clientId: signIn?.clientId ?? '' };
  }
  const { client, issuer: ours } = new UserPool(scope, 'users', {
    config,
    callbackUrls: [...(redirectUri === undefined ? [] : [redirectUri]), ...callbackUrls],
  });
  return { tokens: { issuer: ours, audience: [client.id] }, clientId: client.id };
}
