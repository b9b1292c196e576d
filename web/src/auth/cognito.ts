/** Signing in at the hosted pages of Cognito. It is loaded only when somebody signs in there. */
import { OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import type { CognitoSettings } from '../config.ts';

/** @param memory keeps what is needed to come back from the hosted pages, and never a token */
function clientOf({ domain, clientId, redirectUri }: CognitoSettings, memory: Storage): OidcClient {
  return new OidcClient({
    authority: `https://${domain}`,
    // With these it does not ask Cognito for them.
    metadata: {
      authorization_endpoint: `https://${domain}/oauth2/authorize`,
      token_endpoint: `https://${domain}/oauth2/token`,
    },
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid email',
    fetchRequestCredentials: 'omit',
    stateStore: new WebStorageStateStore({ store: memory }),
  });
}

/** The hosted page's address for one sign-in. */
export async function signInUrl(settings: CognitoSettings, memory: Storage, returnTo: string): Promise<string> {
  return (await clientOf(settings, memory).createSigninRequest({ state: returnTo })).url;
}

/**
 * Exchanges the code in the address for tokens.
 * @returns the token, the name to be shown, and what `signInUrl` was given: of any type, since it comes from storage
 * @throws Error when the answer is not one to the sign-in that this tab began, or Cognito refuses
 */
export async function finishSignIn(settings: CognitoSettings, memory: Storage, address: URL) {
  const { access_token, profile, userState } = await clientOf(settings, memory).processSigninResponse(address.href);
  const name = profile.email ?? profile['cognito:username'] ?? profile.sub;
  return { token: access_token, user: String(name), returnTo: userState };
}
