import { expect } from 'chai';
import { at, dev, expectArguments, full, prod } from '../synthesized.ts';

const POOL = 'aws_cognito_user_pool.users_pool';
const CLIENT = 'aws_cognito_user_pool_client.users_client';

describe('user pool', () => {
  it('is made only for a stage without an issuer', () => {
    const types = [dev, prod].flatMap(({ resource }) => Object.keys(resource));
    expect(types.filter((type) => type.startsWith('aws_cognito'))).to.deep.equal([]);
  });

  it('issues the tokens that the API takes, for its client alone, on pages that the page may call', () => {
    const issuer = `https://cognito-idp.ap-northeast-1.amazonaws.com/\${${POOL}.id}`;
    expectArguments(full, {
      'aws_apigatewayv2_authorizer.http_authorizer': {
        jwt_configuration: { issuer, audience: [`\${${CLIENT}.id}`] },
      },
      'aws_cognito_user_pool_domain.users_domain': {
        domain: 'goal-activity-prod-111122223333',
        user_pool_id: `\${${POOL}.id}`,
      },
    });
  });

  it('signs people in by the code flow, for an hour, and sends them to the page and the URLs of the settings alone', () => {
    const urls = ['https://app.example.com/', 'http://localhost:5173/'];
    expectArguments(full, {
      [CLIENT]: {
        // Without a secret, the code flow needs PKCE.
        generate_secret: false,
        allowed_oauth_flows_user_pool_client: true,
        allowed_oauth_flows: ['code'],
        allowed_oauth_scopes: ['openid', 'email'],
        explicit_auth_flows: ['ALLOW_REFRESH_TOKEN_AUTH'],
        callback_urls: urls,
        logout_urls: urls,
        access_token_validity: 60,
        id_token_validity: 60,
        enable_token_revocation: true,
        token_validity_units: [{ access_token: 'minutes', id_token: 'minutes', refresh_token: 'days' }],
      },
    });
  });

  it('knows people by e-mail address and a long password, lets nobody make an account, and tells nobody of one', () => {
    expectArguments(full, {
      [CLIENT]: { prevent_user_existence_errors: 'ENABLED' },
      [POOL]: {
        username_attributes: ['email'],
        mfa_configuration: 'OPTIONAL',
        admin_create_user_config: { allow_admin_create_user_only: true },
      },
    });
    expect(at(full, POOL).password_policy).to.include({ minimum_length: 14 });
  });
});
