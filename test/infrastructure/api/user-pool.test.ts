import { expect } from 'chai';
import { at, dev, expectArguments, full, prod } from '../synthesized.ts';

const POOL = 'aws_cognito_user_pool.users_pool';
const CLIENT = 'aws_cognito_user_pool_client.users_client';
const OPERATORS = 'aws_cognito_user_pool_client.users_operators';

describe('user pool', () => {
  it('is made only for a stage without an issuer', () => {
    const types = [dev, prod].flatMap(({ resource }) => Object.keys(resource));
    expect(types.filter((type) => type.startsWith('aws_cognito'))).to.deep.equal([]);
  });

  it('issues the tokens that the API takes, to its two clients alone, and sends people to the page and the URLs of the settings', () => {
    const issuer = `https://cognito-idp.ap-northeast-1.amazonaws.com/\${${POOL}.id}`;
    const urls = ['https://app.example.com/', 'http://localhost:5173/'];
    expectArguments(full, {
      'aws_apigatewayv2_authorizer.http_authorizer': {
        jwt_configuration: { issuer, audience: [`\${${CLIENT}.id}`, `\${${OPERATORS}.id}`] },
      },
      [CLIENT]: { callback_urls: urls, logout_urls: urls },
    });
  });

  it('lets nobody make an account or find out of one, and gives tokens by the code flow with PKCE alone', () => {
    expectArguments(full, {
      [POOL]: { admin_create_user_config: { allow_admin_create_user_only: true } },
      [CLIENT]: {
        prevent_user_existence_errors: 'ENABLED',
        // Without a secret, the code flow needs PKCE.
        generate_secret: false,
        allowed_oauth_flows: ['code'],
        explicit_auth_flows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      },
    });
  });

  it('gives operators tokens by a call that IAM must allow, and by no other way', () => {
    expectArguments(full, {
      [OPERATORS]: {
        prevent_user_existence_errors: 'ENABLED',
        explicit_auth_flows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH'],
        allowed_oauth_flows_user_pool_client: false,
      },
    });
    expect(Object.keys(at(full, OPERATORS))).to.not.include.members(['allowed_oauth_flows', 'callback_urls']);
    expect(full.output.userPoolId).to.deep.include({ value: `\${${POOL}.id}` });
    expect(full.output.userPoolClientId).to.deep.include({ value: `\${${OPERATORS}.id}` });
    expect(Object.keys(prod.output)).to.not.include.members(['userPoolId', 'userPoolClientId']);
  });
});
