import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { CognitoUserPoolClient } from '@cdktf/provider-aws/lib/cognito-user-pool-client/index.js';
import { CognitoUserPoolDomain } from '@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';

/** Who signs in where. */
export interface UserPoolProps {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** Where people may be sent after they signed in or out. */
  readonly callbackUrls: readonly string[];
}

/** The domain's name must be unique in the region. */
const domainOf = ({ prefix, settings }: StageConfig) => `${prefix}-${settings.account}`;

/** Host where Cognito shows its sign-in pages. */
export function userPoolDomain(config: StageConfig): string {
  return `${domainOf(config)}.auth.${config.settings.region}.amazoncognito.com`;
}

/** The users of a stage that has no issuer of its own: a pool, its sign-in pages, and the page as its only client. */
export class UserPool extends Construct {
  readonly pool: CognitoUserPool;
  readonly client: CognitoUserPoolClient;
  /** `iss` of its tokens. */
  readonly issuer: string;

  constructor(scope: Construct, id: string, { config, callbackUrls }: UserPoolProps) {
    super(scope, id);
    const { region, deletionProtection } = config.settings;
    this.pool = new CognitoUserPool(this, 'pool', {
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
    new CognitoUserPoolDomain(this, 'domain', {
      domain: domainOf(config),
      userPoolId: this.pool.id,
    });
    this.client = new CognitoUserPoolClient(this, 'client', {
      name: 'page',
      userPoolId: this.pool.id,
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
    this.issuer = `https://cognito-idp.${region}.amazonaws.com/${this.pool.id}`;
  }
}
