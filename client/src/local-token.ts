import { apiErrorOf, ConnectionError } from './errors.ts';
import { isRecord, parseJson } from './json.ts';

/**
 * A token of the local stack for any user; a deployed stage has no such address.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function localToken(baseUrl: string, userId: string, signal?: AbortSignal): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${baseUrl}/local/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId }),
      ...(signal === undefined ? {} : { signal }),
    });
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ConnectionError('no answer', { cause });
  }
  const body = parseJson(text);
  if (!response.ok || !isRecord(body) || typeof body.token !== 'string') throw apiErrorOf(response, body);
  return body.token;
}
