import { expect } from 'chai';
import { dev, full, prod, reference, resourceOf } from '../synthesized.ts';

const client = resourceOf(full, 'aws_cognito_user_pool_client', 'users_client');
const pool = resourceOf(full, 'aws_cognito_user_pool', 'users_pool');

describe('user pool', () => {
  it('is made only for a stage without an issuer', () => {
    for (const synthesized of [dev, prod]) {
      expect(Object.keys(synthesized.resource).filter((type) => type.startsWith('aws_cognito'))).to.deep.equal([]);
    }
  });

  it('issues the tokens that the API takes, for its client alone', () => {
    const { jwt_configuration } = resourceOf(full, 'aws_apigatewayv2_authorizer', 'http_authorizer');
    expect(jwt_configuration).to.deep.equal({
      issuer: `https://cognito-idp.ap-northeast-1.amazonaws.com/${reference('aws_cognito_user_pool.users_pool.id')}`,
      audience: [reference('aws_cognito_user_pool_client.users_client.id')],
    });
  });

  it('signs people in by the code flow, which needs PKCE where there is no secret', () => {
    expect(client).to.include({ generate_secret: false, allowed_oauth_flows_user_pool_client: true });
    expect(client.allowed_oauth_flows).to.deep.equal(['code']);
    expect(client.allowed_oauth_scopes).to.deep.equal(['openid', 'email']);
    expect(client.explicit_auth_flows).to.deep.equal(['ALLOW_REFRESH_TOKEN_AUTH']);
  });

  it('sends people back to the page and to the URLs of the settings alone', () => {
    const urls = ['https://app.example.com/', 'http://localhost:5173/'];
    expect(client.callback_urls).to.deep.equal(urls);
    expect(client.logout_urls).to.deep.equal(urls);
  });

  it('gives access for an hour, and takes it back when somebody signs out', () => {
    expect(client).to.include({ access_token_validity: 60, id_token_validity: 60, enable_token_revocation: true });
    expect(client.token_validity_units).to.deep.equal([
      { access_token: 'minutes', id_token: 'minutes', refresh_token: 'days' },
    ]);
  });

  it('tells nobody whether an account exists, and lets nobody make one by themselves', () => {
    expect(client.prevent_user_existence_errors).to.equal('ENABLED');
    expect(pool.admin_create_user_config).to.deep.equal({ allow_admin_create_user_only: true });
  });

  it('knows people by their e-mail address, with a long password and a second factor if they want', () => {
    expect(pool.username_attributes).to.deep.equal(['email']);
    expect(pool.password_policy).to.include({ minimum_length: 14 });
    expect(pool.mfa_configuration).to.equal('OPTIONAL');
  });

  it('is not deleted in prod', () => {
    expect(pool.deletion_protection).to.equal('ACTIVE');
    expect(pool.lifecycle).to.deep.equal({ prevent_destroy: true });
  });

  it('has its sign-in pages where the page may call', () => {
    expect(resourceOf(full, 'aws_cognito_user_pool_domain', 'users_domain')).to.include({
      domain: 'goal-activity-prod-111122223333',
      user_pool_id: reference('aws_cognito_user_pool.users_pool.id'),
    });
  });
});
