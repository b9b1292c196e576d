import { generateKeyPairSync } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { createLocalIssuer } from '../../../local/control/issuer.ts';
import { TokenRejected } from '../../../local/http/authorizer.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { failureOf } from '../../support/failure.ts';

const ISSUER = 'https://issuer.example.com';
const AUDIENCE = 'goal-activity';
const now = () => Math.floor(Date.now() / 1000);

/** That it takes its own tokens is seen by every test of the API. */
describe('the local issuer', function () {
  this.timeout(300_000);
  const dataDir = useDataDir();
  const keyFile = () => join(dataDir(), 'issuer-key.json');
  const start = () => createLocalIssuer({ issuer: ISSUER, audience: [AUDIENCE], dataDir: dataDir() });

  it('refuses tokens that have expired, for later, for ever, of others or for others, of another algorithm, key or signature, and what is none', async () => {
    const issuer = await start();
    const key: Record<string, string> = JSON.parse(await readFile(keyFile(), 'utf8'));
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'admin', exp: now() + 60 };
    const tokenOf = async (changes: Record<string, unknown>, { alg = 'RS256', kid = key.kid ?? '' } = {}) =>
      new SignJWT({ ...claims, ...changes })
        .setProtectedHeader({ alg, kid })
        .sign(await importJWK({ ...key, kty: 'RSA' }, alg));
    const token = await issuer.issueToken('u');
    const [header, , signature] = token.split('.');
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect(await issuer.verify(await tokenOf({}))).to.deep.equal(claims);
    for (const bad of [
      await tokenOf({ exp: undefined }),
      await tokenOf({ nbf: now() + 60 }),
      await tokenOf({ iss: 'https://other.example.com' }),
      await tokenOf({ aud: 'other' }),
      await tokenOf({}, { alg: 'RS512' }),
      await tokenOf({}, { kid: 'another' }),
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid ?? '' }).sign(other),
      new UnsecuredJWT(claims).encode(),
      `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`,
      '',
      '💥',
    ]) {
      const failure = await failureOf(issuer.verify(bad));
      expect(failure, bad).to.be.instanceOf(TokenRejected).with.property('message', 'the token is not valid');
    }
    const expired = issuer.verify(await tokenOf({ exp: now() - 1 }));
    expect((await failureOf(expired)).message).to.equal('the token has expired');
  });

  it('takes its tokens after a restart with the same folder, and nobody else reads the key', async () => {
    const token = await (await start()).issueToken('user-1');
    await chmod(keyFile(), 0o644);
    expect(await (await start()).verify(token)).to.have.property('sub', 'user-1');
    expect((await stat(keyFile())).mode & 0o777).to.equal(0o600);
  });

  it('says that a file holds no key', async () => {
    for (const content of ['', 'null', '{"kty":"RSA"}']) {
      await writeFile(keyFile(), content);
      expect((await failureOf(start())).message).to.match(/issuer-key\.json holds no RSA key/);
    }
  });
});
