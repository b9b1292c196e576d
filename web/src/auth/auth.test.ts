import { expect } from 'chai';
import { type Config, parseConfig } from '../config.ts';
import { nameOf, pathWithin } from './cognito.ts';
import { challengeOf, randomText } from './pkce.ts';
import { type Browser, createSession } from './session.ts';

const cognito: Config = {
  apiUrl: '',
  auth: {
    kind: 'cognito',
    domain: 'login.example',
    clientId: 'client',
    redirectUri: 'https://page.example/signed-in',
  },
};
const idToken = `h.${Buffer.from(JSON.stringify({ email: 'あ@example.com' })).toString('base64url')}.s`;

/** A browser of which the test sees storage, address and requests. */
function given(address: string, answer: (url: string) => Response) {
  const storage = () => {
    const values = new Map<string, string>();
    return {
      values,
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
      removeItem: (key: string) => void values.delete(key),
    };
  };
  const [local, session] = [storage(), storage()];
  const seen = { left: '', replaced: '', requests: [] as { url: string; body: string }[] };
  const where = { address };
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
    async fetch(url, init) {
      seen.requests.push({ url: String(url), body: String(init?.body) });
      return answer(String(url));
    },
  };
  return { browser, local, session, seen, where };
}

const tokens = () => Response.json({ access_token: 'access', id_token: idToken });

describe('signing in with Cognito', () => {
  it('leaves with a challenge, comes back with the code, and goes on where it was', async () => {
    const { browser, local, session, seen, where } = given('https://page.example/runs/x?y=1', tokens);
    const subject = createSession(cognito, browser);
    await subject.resume();
    expect(subject.getState()).to.deep.equal({ status: 'signedOut', reason: 'none' });
    await subject.signIn();
    const left = new URL(seen.left);
    expect(left.origin + left.pathname).to.equal('https://login.example/oauth2/authorize');
    const begun = JSON.parse(session.getItem('goal-activity.sign-in') ?? '');
    expect(Object.fromEntries(left.searchParams)).to.deep.equal({
      response_type: 'code',
      client_id: 'client',
      redirect_uri: 'https://page.example/signed-in',
      scope: 'openid email',
      state: begun.state,
      code_challenge: await challengeOf(begun.verifier),
      code_challenge_method: 'S256',
    });

    where.address = `https://page.example/signed-in?code=c0de&state=${begun.state}`;
    const back = createSession(cognito, browser);
    await back.resume();
    expect(seen.requests.map(({ url }) => url)).to.deep.equal(['https://login.example/oauth2/token']);
    expect(Object.fromEntries(new URLSearchParams(seen.requests[0]?.body))).to.deep.include({
      grant_type: 'authorization_code',
      code: 'c0de',
      code_verifier: begun.verifier,
    });
    expect(back.getState()).to.deep.equal({ status: 'signedIn', user: 'あ@example.com' });
    expect(back.token()).to.equal('access');
    expect(seen.replaced).to.equal('/runs/x?y=1');
    expect([...local.values.values(), ...session.values.values()].join()).not.to.match(/access|h\./);
  });

  it('refuses an answer to a sign-in that was not begun here, and does not go round in circles', async () => {
    const { browser, local, seen } = given('https://page.example/signed-in?code=c0de&state=forged', tokens);
    local.setItem('goal-activity.user', '1');
    const subject = createSession(cognito, browser);
    await subject.resume();
    expect(subject.getState()).to.deep.equal({ status: 'signedOut', reason: 'failed' });
    expect([seen.requests.length, seen.left, local.values.size]).to.deep.equal([0, '', 0]);
  });

  it('signs in again by itself after a reload, by way of the hosted page', async () => {
    const { browser, local, seen } = given('https://page.example/runs/x', tokens);
    local.setItem('goal-activity.user', '1');
    await createSession(cognito, browser).resume();
    expect(seen.left).to.match(/^https:\/\/login\.example\/oauth2\/authorize/);
  });

  it('ends the session at Cognito too', () => {
    const { browser, seen } = given('https://page.example/', tokens);
    createSession(cognito, browser).signOut();
    expect(seen.left).to.equal(
      'https://login.example/logout?client_id=client&logout_uri=https%3A%2F%2Fpage.example%2Fsigned-in',
    );
  });
});

describe('signing in locally', () => {
  const config: Config = { apiUrl: '', auth: { kind: 'local' } };

  it('takes a user, remembers the name and not the token, and resumes after a reload', async () => {
    const { browser, local } = given('http://127.0.0.1/', () => Response.json({ token: 'jwt' }));
    const subject = createSession(config, browser);
    await subject.signIn('aoi');
    expect(subject.getState()).to.deep.equal({ status: 'signedIn', user: 'aoi' });
    expect([...local.values.values()]).to.deep.equal(['aoi']);
    const reloaded = createSession(config, browser);
    await reloaded.resume();
    expect(reloaded.token()).to.equal('jwt');
  });

  it('drops the token when the API refuses it, and tells whoever listens', async () => {
    const { browser } = given('http://127.0.0.1/', () => Response.json({ token: 'jwt' }));
    const subject = createSession(config, browser);
    await subject.signIn('aoi');
    let told = 0;
    subject.subscribe(() => {
      told += 1;
    });
    subject.expire();
    expect(subject.getState()).to.deep.equal({ status: 'signedOut', reason: 'expired' });
    expect([subject.token(), told]).to.deep.equal([undefined, 1]);
  });
});

describe('parts of signing in', () => {
  it('makes the challenge of RFC 7636, appendix B', async () => {
    expect(await challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).to.equal(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  it('makes verifiers of 43 allowed characters, never the same', () => {
    expect(randomText()).to.match(/^[\w-]{43}$/);
    expect(randomText()).not.to.equal(randomText());
  });

  it('goes back to paths of this page alone', () => {
    expect(['/runs/x', '//evil.example', '/\\evil.example', 'https://evil.example', 3].map(pathWithin)).to.deep.equal([
      '/runs/x',
      '/',
      '/',
      '/',
      '/',
    ]);
  });

  it('shows no name for a token that cannot be read', () => {
    expect(nameOf('nonsense')).to.equal('');
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
