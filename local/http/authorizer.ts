import { type Answer, gatewayAnswer } from './answer.ts';

/** The claims of a token that was checked. */
export type Claims = Readonly<Record<string, unknown>>;

/** Checks a token, as the JWT authorizer of an HTTP API does. @throws TokenRejected when it is not good */
export type VerifyToken = (token: string) => Promise<Claims>;

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
  verify: VerifyToken,
): Promise<{ readonly claims?: Claims; readonly refusal?: Answer }> {
  const token = authorization?.replace(/^Bearer(\s+|$)/i, '').trim();
  if (!token) return { refusal: unauthorized('Bearer') };
  try {
    return { claims: await verify(token) };
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    const description = error.message.replace(/["\\]/g, "'");
    return { refusal: unauthorized(`Bearer scope="" error="invalid_token" error_description="${description}"`) };
  }
}

function unauthorized(challenge: string): Answer {
  return gatewayAnswer(401, 'Unauthorized', { 'www-authenticate': challenge });
}
