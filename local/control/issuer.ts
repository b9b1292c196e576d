import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { type Claims, TokenRejected } from '../http/authorizer.ts';

/** API Gateway takes RSA keys alone; this is the algorithm that Cognito signs with. */
const ALGORITHM = 'RS256';

export interface LocalIssuerOptions {
  /** The `iss` of tokens, as the stage settings have it. */
  readonly issuer: string;
  /** One or more; a token is for the first, and good for any of them. */
  readonly audience: readonly string[];
  /** Where the key is kept, so that tokens outlive a restart. */
  readonly dataDir: string;
}

/**
 * Signs tokens for local users, and checks them as the JWT authorizer of the API does, with the key of `dataDir`.
 * @throws Error when the file there holds no key
 */
export async function createLocalIssuer({ issuer, audience, dataDir }: LocalIssuerOptions) {
  const { jwk, privateKey } = await keptKey(dataDir);
  const { kty = 'RSA', n = '', e = '', kid = '' } = jwk;
  const keySet = createLocalJWKSet({ keys: [{ kty, n, e, kid, alg: ALGORITHM, use: 'sig' }] });

  return {
    async verify(token: string): Promise<Claims> {
      try {
        const { payload } = await jwtVerify(token, keySet, {
          issuer,
          audience: [...audience],
          algorithms: [ALGORITHM],
          requiredClaims: ['exp'],
        });
        return payload;
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw new TokenRejected('the token has expired');
        if (error instanceof errors.JOSEError || error instanceof TypeError)
          throw new TokenRejected('the token is not valid');
        throw error;
      }
    },
    /** A token of this user; `expiresInSeconds` may be negative, for a token that has expired. */
    issueToken(userId: string, expiresInSeconds = 3600) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({})
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience[0] ?? '')
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + expiresInSeconds)
        .sign(privateKey);
    },
  };
}

/** The key in a folder, made there when there is none. */
async function keptKey(dataDir: string) {
  const path = join(dataDir, 'issuer-key.json');
  await mkdir(dataDir, { recursive: true });
  try {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) await writeFile(path, JSON.stringify(await newKey()), { mode: 0o600, flag: 'wx' });
    await chmod(path, 0o600);
    const jwk: JWK = JSON.parse(text ?? (await readFile(path, 'utf8')));
    if (jwk.kty !== 'RSA' || jwk.kid === undefined) throw new Error('it is of another kind');
    return { jwk, privateKey: await importJWK(jwk, ALGORITHM) };
  } catch (cause) {
    throw new Error(`${path} holds no RSA key. Delete it to get a new one; old tokens then end.`, { cause });
  }
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk) };
}
