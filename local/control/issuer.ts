import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { TokenRejected, type TokenVerifier } from '../http/authorizer.ts';

/** API Gateway takes RSA keys alone; this is the algorithm that Cognito signs with. */
const ALGORITHM = 'RS256';

const KEY_FILE = 'issuer-key.json';

export interface LocalIssuerOptions {
  /** The `iss` of tokens, as the stage settings have it. */
  issuer: string;
  /** One or more; a token is for the first, and good for any of them. */
  audience: string | readonly string[];
  /** Where the key is kept, so that tokens outlive a restart. Without it the key lives as long as the process. */
  dataDir?: string;
}

/** Signs tokens for local users, and checks them as the JWT authorizer of the API does. */
export interface LocalIssuer extends TokenVerifier {
  /** The public keys. */
  jwks: JSONWebKeySet;
  /** A token of this user; `expiresInSeconds` may be negative, for a token that has expired. */
  issueToken(userId: string, expiresInSeconds?: number): Promise<string>;
}

/** Makes an issuer, with a new key or with the one in `dataDir`. Throws when that file holds no key. */
export async function createLocalIssuer({ issuer, audience, dataDir }: LocalIssuerOptions): Promise<LocalIssuer> {
  const audiences = [audience].flat();
  const privateJwk = dataDir === undefined ? await newKey() : await keptKey(dataDir);
  const privateKey = await importJWK(privateJwk, ALGORITHM);
  const { kty, n, e, kid = '' } = privateJwk;
  const jwks: JSONWebKeySet = {
    keys: [
      { kty: kty ?? 'RSA', ...(n === undefined || e === undefined ? {} : { n, e }), kid, alg: ALGORITHM, use: 'sig' },
    ],
  };
  const keySet = createLocalJWKSet(jwks);

  return {
    jwks,
    async verify(token) {
      const { payload, protectedHeader } = await jwtVerify(token, keySet, {
        issuer,
        algorithms: [ALGORITHM],
        requiredClaims: ['exp'],
      }).catch((error: unknown) => {
        throw rejection(error);
      });
      if (protectedHeader.kid === undefined) throw new TokenRejected('the token does not name its key');
      if (!hasAudience(payload, audiences)) throw new TokenRejected('the token does not have a valid audience');
      if (payload.iat !== undefined && payload.iat > Date.now() / 1000)
        throw new TokenRejected('the token was issued in the future');
      return payload;
    },
    issueToken(userId, expiresInSeconds = 3600) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({})
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audiences[0] ?? '')
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + expiresInSeconds)
        .sign(privateKey);
    },
  };
}

/** `client_id` stands in for `aud` in tokens without one, as those of Cognito: API Gateway's rule. */
function hasAudience(payload: JWTPayload, audiences: readonly unknown[]): boolean {
  return [payload.aud ?? payload.client_id].flat().some((claimed) => audiences.includes(claimed));
}

/** API Gateway publishes the wording for the audience alone; the others are ours, and say no more than the claim's name. */
function rejection(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new TokenRejected('the token has expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new TokenRejected(error.claim === 'iss' ? 'issuer does not match' : `the claim ${error.claim} is not valid`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return new TokenRejected('the signature is not valid');
  if (error instanceof errors.JWKSNoMatchingKey) return new TokenRejected('the token names an unknown key');
  if (error instanceof errors.JOSEAlgNotAllowed) return new TokenRejected('the algorithm is not allowed');
  if (error instanceof errors.JOSEError || error instanceof TypeError)
    return new TokenRejected('the token is not a JWT');
  return error;
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk) };
}

async function keptKey(dataDir: string): Promise<JWK> {
  const path = join(dataDir, KEY_FILE);
  await mkdir(dataDir, { recursive: true });
  return (await readKey(path)) ?? (await writeNewKey(path));
}

/** Writes aside and links into place, so that neither a kill nor a second process leaves half a key or two. */
async function writeNewKey(path: string): Promise<JWK> {
  const aside = `${path}.${randomUUID()}`;
  const key = await newKey();
  try {
    await writeFile(aside, JSON.stringify(key), { mode: 0o600, flag: 'wx' });
    await link(aside, path);
    return key;
  } catch (error) {
    const written = hasCode(error, 'EEXIST') ? await readKey(path) : undefined;
    if (written === undefined) throw error;
    return written;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readKey(path: string): Promise<JWK | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  await chmod(path, 0o600);
  const key = parseKey(text);
  if (key === undefined) throw new Error(`${path} holds no RSA key. Delete it to get a new one; old tokens then end.`);
  return key;
}

const KEY_FIELDS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'kid'] as const;

function parseKey(text: string): JWK | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const key: JWK = { kty: 'RSA' };
  for (const name of KEY_FIELDS) {
    const field = fields.get(name);
    if (typeof field !== 'string') return undefined;
    key[name] = field;
  }
  return fields.get('kty') === 'RSA' ? key : undefined;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
