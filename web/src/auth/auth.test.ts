import { expect } from 'chai';
import { InMemoryWebStorage } from 'oidc-client-ts';
import { type Config, parseConfig } from '../config.ts';
import { type Browser, pathWithin, Session } from './session.ts';

const cognito: Config = {
  apiUrl: '',
  auth: {
    kind: 'cognito',
    domain: 'login.example',
    clientId: 'client',
    redirectUri: 'https://page.example/signed-in',
  },
};
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const idToken = `${encode({ alg: 'RS256' })}.${encode({ sub: '1', email: 'あ@example.com' })}.s`;

/** A browser of which the test sees storage, address and requests. */
function given(address: string) {
  const [local, session] = [new InMemoryWebStorage(), new InMemoryWebStorage()];
  const seen = { left: '', replaced: '', requests: [] as { url: string; body: URLSearchParams }[] };
  const where = { address };
  const others = new EventTarget();
  const told: unknown[] = [];
  const browser: Browser = {
    local,
    session,
    address: () => new URL(where.address),
    leaveFor: (url) => {
      seen.left = url;
    },
    replacePath: (path) => {
      seen.replaced = path;
    },
    others: { addEventListener: others.addEventListener.bind(others), postMessage: (data) => void told.push(data) },
  };
  globalThis.fetch = async (url, init) => {
    seen.requests.push({ url: String(url), body: new URLSearchParams(String(init?.body)) });
    return Response.json({ access_token: 'access', id_token: idToken, token_type: 'Bearer' });
  };
  return { browser, local, session, seen, where, others, told };
}

describe('signing in with Cognito', () => {
  const { fetch } = globalThis;
  afterEach(() => {
    globalThis.fetch = fetch;
  });

  it('leaves with a challenge, comes back with the code, and goes on where it was', async () => {
    const { browser, local, session, seen, where } = given('https://page.example/runs/x?y=1');
    const subject = new Session(cognito, browser);
    await subject.resume();
    expect(subject.getState()).to.deep.equal({ status: 'signedOut', reason: 'none' });
    await subject.signIn();
    const left = new URL(seen.left);
    expect(left.origin + left.pathname).to.equal('https://login.example/oauth2/authorize');
    expect(Object.fromEntries(left.searchParams)).to.include({
      response_type: 'code',
      client_id: 'client',
      redirect_uri: 'https://page.example/signed-in',
      scope: 'openid email',
      code_challenge_method: 'S256',
    });
    expect(left.searchParams.get('code_challenge')).to.match(/^[\w-]{43}$/);

    where.address = `https://page.example/signed-in?code=c0de&state=${left.searchParams.get('state')}`;
    const back = new Session(cognito, browser);
    await back.resume();
    const [request] = seen.requests;
    expect(seen.requests).to.have.length(1);
    expect(request?.url).to.equal('https://login.example/oauth2/token');
    expect(Object.fromEntries(request?.body ?? [])).to.include({ grant_type: 'authorization_code', code: 'c0de' });
    expect(request?.body.get('code_verifier')).to.match(/^\w{43,128}$/);
    expect(back.getState()).to.deep.equal({ status: 'signedIn', user: 'あ@example.com' });
    expect([back.token(), seen.replaced]).to.deep.equal(['access', '/runs/x?y=1']);
    const stored = [local, session].map((storage) => storage.length);
    expect(stored, 'no token is stored').to.deep.equal([1, 0]);
    expect(local.getItem('goal-activity.user')).to.equal('1');
    back.expire();
    expect([back.token(), back.getState()]).to.deep.equal([undefined, { status: 'signedOut', reason: 'expired' }]);
  });

  it('refuses an answer to a sign-in that was not begun here, and does not go round in circles', async () => {
    const { browser, local, seen } = given('https://page.example/signed-in?code=c0de&state=forged');
    local.setItem('goal-activity.user', '1');
    const subject = new Session(cognito, browser);
    await subject.resume();
    expect(subject.getState()).to.deep.equal({ status: 'signedOut', reason: 'failed' });
    expect([seen.requests.length, seen.left, seen.replaced, local.length]).to.deep.equal([0, '', '/', 0]);
  });

  it('signs in again by itself after a reload, by way of the hosted page', async () => {
    const { browser, local, seen } = given('https://page.example/runs/x');
    local.setItem('goal-activity.user', '1');
    await new Session(cognito, browser).resume();
    expect(seen.left).to.match(/^https:\/\/login\.example\/oauth2\/authorize/);
  });

  it('ends in the other tabs too', async () => {
    const { browser, local, told, others } = given('https://page.example/');
    local.setItem('goal-activity.user', 'somebody');
    const subject = new Session({ apiUrl: 'https://api.example', auth: { kind: 'local' } }, browser);
    globalThis.fetch = async () => Response.json({ token: 'token' });
    await subject.resume();
    expect(subject.getState()).to.deep.equal({ status: 'signedIn', user: 'somebody' });
    others.dispatchEvent(new MessageEvent('message', { data: 'something else' }));
    expect(subject.token()).to.equal('token');
    const other = given('https://page.example/');
    new Session(cognito, other.browser).signOut();
    others.dispatchEvent(new MessageEvent('message', { data: other.told[0] }));
    expect([subject.token(), subject.getState(), told]).to.deep.equal([
      undefined,
      { status: 'signedOut', reason: 'none' },
      [],
    ]);
  });

  it('ends the session at Cognito too', () => {
    const { browser, seen } = given('https://page.example/');
    new Session(cognito, browser).signOut();
    expect(seen.left).to.equal(
      'https://login.example/logout?client_id=client&logout_uri=https%3A%2F%2Fpage.example%2Fsigned-in',
    );
  });

  it('goes back to paths of this page alone', () => {
    const others = ['//evil.example', '/\\evil.example', 'https://evil.example', 3];
    expect(['/runs/x', ...others].map(pathWithin)).to.deep.equal(['/runs/x', '/', '/', '/', '/']);
  });

  it('reads the configuration of both kinds, and refuses any other', () => {
    expect(parseConfig({ apiUrl: 'https://api.example/', auth: { kind: 'local' } })).to.deep.equal({
      apiUrl: 'https://api.example',
      auth: { kind: 'local' },
    });
    const auth = { kind: 'cognito', domain: 'https://login.example/', clientId: 'c', redirectUri: 'https://p/' };
    expect(parseConfig({ apiUrl: '', auth }).auth).to.deep.include({ domain: 'login.example' });
    for (const wrong of [null, {}, { apiUrl: '' }, { apiUrl: '', auth: { kind: 'cognito' } }]) {
      expect(() => parseConfig(wrong)).to.throw('config.json');
    }
  });
});
