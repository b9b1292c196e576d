import { type Answer, gatewayAnswer } from './answer.ts';

/** The claims of a token that was checked. */
export type Claims = Readonly<Record<string, unknown>>;

/** Checks tokens, as the JWT authorizer of an HTTP API does. */
export interface TokenVerifier {
  /** The token's claims. Rejects with `TokenRejected` when the token is not good. */
  verify(token: string): Promise<Claims>;
}

/** Why a token is not good; the message goes into the WWW-Authenticate header. */
export class TokenRejected extends Error {
  override readonly name = 'TokenRejected';
}

/**
 * Authorizes a request by its Authorization header, which holds the token alone or after `Bearer`.
 * @returns the claims, or the 401 of API Gateway: `WWW-Authenticate: Bearer` without a token, and with the reason for a bad one
 */
export async function authorize(
  authorization: string | undefined,
  verifier: TokenVerifier,
): Promise<{ readonly claims?: Claims; readonly refusal?: Answer }> {
  const token = authorization?.replace(/^Bearer(\s+|$)/i, '').trim();
  if (!token) return { refusal: unauthorized('Bearer') };
  try {
    return { claims: await verifier.verify(token) };
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    const description = error.message.replace(/["\\]/g, "'");
    return { refusal: unauthorized(`Bearer scope="" error="invalid_token" error_description="${description}"`) };
  }
}

function unauthorized(challenge: string): Answer {
  return gatewayAnswer(401, 'Unauthorized', { 'www-authenticate': challenge });
}
