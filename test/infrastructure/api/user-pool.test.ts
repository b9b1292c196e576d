import { expect } from 'chai';
import { at, dev, expectArguments, full, prod } from '../synthesized.ts';

const POOL = 'aws_cognito_user_pool.users_pool';
const CLIENT = 'aws_cognito_user_pool_client.users_client';
/** Of the page, and of the settings. */
const urls = ['https://app.example.com/', 'http://localhost:5173/'];

/** What a stage without an issuer gets. */
const EXPECTED: Readonly<Record<string, Parameters<typeof expectArguments>[1]>> = {
  'issues the tokens that the API takes, for its client alone': {
    'aws_apigatewayv2_authorizer.http_authorizer': {
      jwt_configuration: {
        issuer: `https://cognito-idp.ap-northeast-1.amazonaws.com/\${${POOL}.id}`,
        audience: [`\${${CLIENT}.id}`],
      },
    },
  },
  'signs people in by the code flow, which needs PKCE where there is no secret': {
    [CLIENT]: {
      generate_secret: false,
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ['code'],
      allowed_oauth_scopes: ['openid', 'email'],
      explicit_auth_flows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    },
  },
  'sends people back to the page and to the URLs of the settings alone': {
    [CLIENT]: { callback_urls: urls, logout_urls: urls },
  },
  'gives access for an hour, and takes it back when somebody signs out': {
    [CLIENT]: {
      access_token_validity: 60,
      id_token_validity: 60,
      enable_token_revocation: true,
      token_validity_units: [{ access_token: 'minutes', id_token: 'minutes', refresh_token: 'days' }],
    },
  },
  'tells nobody whether an account exists, and lets nobody make one by themselves': {
    [CLIENT]: { prevent_user_existence_errors: 'ENABLED' },
    [POOL]: { admin_create_user_config: { allow_admin_create_user_only: true } },
  },
  'knows people by their e-mail address, with a second factor if they want': {
    [POOL]: { username_attributes: ['email'], mfa_configuration: 'OPTIONAL' },
  },
  'has its sign-in pages where the page may call': {
    'aws_cognito_user_pool_domain.users_domain': {
      domain: 'goal-activity-prod-111122223333',
      user_pool_id: `\${${POOL}.id}`,
    },
  },
};

describe('user pool', () => {
  it('is made only for a stage without an issuer', () => {
    const types = [dev, prod].flatMap(({ resource }) => Object.keys(resource));
    expect(types.filter((type) => type.startsWith('aws_cognito'))).to.deep.equal([]);
  });

  for (const [what, expected] of Object.entries(EXPECTED)) it(what, () => expectArguments(full, expected));

  it('asks for long passwords', () => {
    expect(at(full, POOL).password_policy).to.include({ minimum_length: 14 });
  });
});
