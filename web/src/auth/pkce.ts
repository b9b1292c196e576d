/** Proof Key for Code Exchange, RFC 7636: the code is of no use to whoever does not hold the verifier. */

const base64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');

/** 256 random bits as text: a verifier, or a state. */
export const randomText = (): string => base64Url(crypto.getRandomValues(new Uint8Array(32)));

/** The challenge of a verifier, method S256. */
export async function challengeOf(verifier: string): Promise<string> {
  return base64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}
