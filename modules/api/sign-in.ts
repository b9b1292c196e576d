import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { CognitoUserPoolClient } from '@cdktf/provider-aws/lib/cognito-user-pool-client/index.js';
import { CognitoUserPoolDomain } from '@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Tokens } from './http-api.ts';

/** The domain's name must be unique in the region, over all accounts. */
const domainOf = ({ names, settings }: StageConfig) => `${names.globalPrefix}-${settings.account}`;

/** Host where people sign in: the one of the settings, or that of the stage's own user pool. */
export function signInDomain(config: StageConfig): string {
  const { signIn, region } = config.settings;
  return signIn?.domain ?? `${domainOf(config)}.auth.${region}.amazoncognito.com`;
}

/**
 * The tokens of the settings' issuer, or those of a user pool that is made when there is none.
 * @param redirectUri of the page, where the user pool sends people back to
 * @returns which tokens the API takes, by which client the page gets them (none for a stage without page and user pool), and
 *   outputs of the stack by which `make smoke` signs somebody in
 */
export function makeSignIn(
  scope: Construct,
  config: StageConfig,
  redirectUri?: string,
): { tokens: Tokens; clientId: string; outputs: Readonly<Record<string, string>> } {
  const { region, issuer, audience, signIn, callbackUrls = [] } = config.settings;
  if (issuer !== undefined && audience !== undefined) {
    return { tokens: { issuer, audience }, clientId: signIn?.clientId ?? '', outputs: {} };
  }
  const ours = redirectUri === undefined ? [] : [redirectUri];
  const { pool, client, operators } = makeUserPool(new Construct(scope, 'users'), config, [...ours, ...callbackUrls]);
  const poolUrl = `https://cognito-idp.${region}.amazonaws.com/${pool.id}`;
  return {
    tokens: { issuer: poolUrl, audience: [client.id, operators.id] },
    clientId: client.id,
    outputs: { userPoolId: pool.id, userPoolClientId: operators.id },
  };
}

/**
 * The users of a stage that has no issuer of its own: a pool, its sign-in pages, and two clients: the page, and operators.
 * @param callbackUrls where people may be sent after they signed in or out
 */
function makeUserPool(scope: Construct, config: StageConfig, callbackUrls: readonly string[]) {
  const { deletionProtection } = config.settings;
  const pool = new CognitoUserPool(scope, 'pool', {
    name: config.prefix,
    usernameAttributes: ['email'],
    usernameConfiguration: { caseSensitive: false },
    autoVerifiedAttributes: ['email'],
    accountRecoverySetting: { recoveryMechanism: [{ name: 'verified_email', priority: 1 }] },
    // Every run costs money, so an account is given, not taken.
    adminCreateUserConfig: { allowAdminCreateUserOnly: true },
    // NIST SP 800-63B: length rather than kinds of characters.
    passwordPolicy: {
      minimumLength: 14,
      requireLowercase: false,
      requireNumbers: false,
      requireSymbols: false,
      requireUppercase: false,
      temporaryPasswordValidityDays: 3,
    },
    mfaConfiguration: 'OPTIONAL',
    softwareTokenMfaConfiguration: { enabled: true },
    deletionProtection: deletionProtection ? 'ACTIVE' : 'INACTIVE',
    lifecycle: { preventDestroy: deletionProtection },
  });
  new CognitoUserPoolDomain(scope, 'domain', { domain: domainOf(config), userPoolId: pool.id });
  const client = new CognitoUserPoolClient(scope, 'client', {
    name: 'page',
    userPoolId: pool.id,
    // A browser can keep no secret: the code flow with PKCE is for that, and the only one offered.
    generateSecret: false,
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthFlows: ['code'],
    allowedOauthScopes: ['openid', 'email'],
    supportedIdentityProviders: ['COGNITO'],
    callbackUrls: [...callbackUrls],
    logoutUrls: [...callbackUrls],
    explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    accessTokenValidity: 60,
    idTokenValidity: 60,
    refreshTokenValidity: 30,
    tokenValidityUnits: [{ accessToken: 'minutes', idToken: 'minutes', refreshToken: 'days' }],
    enableTokenRevocation: true,
    preventUserExistenceErrors: 'ENABLED',
  });
  return { pool, client, operators: makeOperatorsClient(scope, pool) };
}

/**
 * The client by which `make smoke` gets a token for somebody whom it has made. It takes AdminInitiateAuth alone, a call that is
 * signed with AWS credentials and that IAM must allow (Cognito developer guide, "Authentication flows": server-side), so that the id of
 * the client opens nothing to anybody else: no sign-in page, no password from a browser, no token renewed.
 */
function makeOperatorsClient(scope: Construct, pool: CognitoUserPool): CognitoUserPoolClient {
  return new CognitoUserPoolClient(scope, 'operators', {
    name: 'operators',
    userPoolId: pool.id,
    generateSecret: false,
    explicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH'],
    allowedOauthFlowsUserPoolClient: false,
    // Longer than a smoke test takes, unless every run of it is stuck. An hour is also the shortest that Cognito takes of a refresh
    // token, which opens nothing here.
    accessTokenValidity: 60,
    idTokenValidity: 60,
    refreshTokenValidity: 60,
    tokenValidityUnits: [{ accessToken: 'minutes', idToken: 'minutes', refreshToken: 'minutes' }],
    enableTokenRevocation: true,
    preventUserExistenceErrors: 'ENABLED',
  });
}
