import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { createLocalIssuer } from '../../../local/control/issuer.ts';
import { TokenRejected } from '../../../local/http/authorizer.ts';
import { failureOf } from '../../support/failure.ts';

const ISSUER = 'https://issuer.example.com';
const AUDIENCE = 'goal-activity';
const MINUTE = 60;

describe('the local issuer', function () {
  this.timeout(10_000);
  let dataDir: string;
  let issuer: Awaited<ReturnType<typeof createLocalIssuer>>;
  let sign: (claims: Record<string, unknown>, header?: { alg?: string; kid?: string }) => Promise<string>;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'goal-activity-issuer-'));
    issuer = await createLocalIssuer({ issuer: ISSUER, audience: [AUDIENCE], dataDir });
    const key: Record<string, string> = JSON.parse(await readFile(join(dataDir, 'issuer-key.json'), 'utf8'));
    sign = async (claims, { alg = 'RS256', kid = key.kid } = {}) =>
      new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'u', exp: now() + MINUTE, ...claims })
        .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
        .sign(await importJWK({ ...key, kty: 'RSA' }, alg));
  });

  after(() => rm(dataDir, { recursive: true, force: true }));

  it('issues tokens that it takes, with the user as sub', async () => {
    const claims = await issuer.verify(await issuer.issueToken('user-1'));
    expect(claims).to.deep.include({ iss: ISSUER, aud: AUDIENCE, sub: 'user-1' });
    expect(Number(claims.exp) - Number(claims.iat)).to.equal(3600);
  });

  for (const [what, claims] of [
    ['has expired', { exp: now() - 1 }],
    ['has no expiry', { exp: undefined }],
    ['is for later', { nbf: now() + MINUTE }],
    ['is of another issuer', { iss: 'https://other.example.com' }],
    ['is for another audience', { aud: 'other' }],
  ] as const) {
    it(`refuses a token that ${what}`, async () => {
      const failure = await failureOf(issuer.verify(await sign(claims)));
      expect(failure).to.be.instanceOf(TokenRejected);
      expect(failure.message).to.equal(`the token ${what === 'has expired' ? what : 'is not valid'}`);
    });
  }

  it('refuses another algorithm, key or signature, and what is no token', async () => {
    const token = await issuer.issueToken('u');
    const [header, , signature] = token.split('.');
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const forged = new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'admin', exp: now() + MINUTE });
    const kid = String(JSON.parse(Buffer.from(header ?? '', 'base64url').toString()).kid);
    for (const bad of [
      await sign({}, { alg: 'RS512' }),
      await sign({}, { kid: 'another' }),
      await forged.setProtectedHeader({ alg: 'RS256', kid }).sign(other),
      new UnsecuredJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'u' }).setExpirationTime('1h').encode(),
      `${header}.${Buffer.from('{"sub":"admin"}').toString('base64url')}.${signature}`,
      token.slice(0, -4),
      '',
      'a.b.c',
      '💥',
    ]) {
      expect(await failureOf(issuer.verify(bad)), bad).to.be.instanceOf(TokenRejected);
    }
  });

  it('takes its tokens after a restart with the same folder, and nobody else reads the key', async () => {
    const token = await issuer.issueToken('user-1');
    await chmod(join(dataDir, 'issuer-key.json'), 0o644);
    const restarted = await createLocalIssuer({ issuer: ISSUER, audience: [AUDIENCE], dataDir });
    expect(await restarted.verify(token)).to.have.property('sub', 'user-1');
    expect((await stat(join(dataDir, 'issuer-key.json'))).mode & 0o777).to.equal(0o600);
  });

  it('says that a file holds no key', async () => {
    const folder = await mkdtemp(join(dataDir, 'bad-'));
    for (const content of ['', 'null', '{"kty":"RSA"}']) {
      await writeFile(join(folder, 'issuer-key.json'), content);
      const error = await failureOf(createLocalIssuer({ issuer: ISSUER, audience: [AUDIENCE], dataDir: folder }));
      expect(error)
        .to.have.property('message')
        .that.matches(/issuer-key\.json holds no RSA key/);
    }
    await rm(folder, { recursive: true });
  });
});

function now(): number {
  return Math.floor(Date.now() / 1000);
}
