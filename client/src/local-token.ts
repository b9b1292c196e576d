import { UnexpectedAnswer } from './errors.ts';
import { exchange } from './exchange.ts';
import { isRecord } from './json.ts';

/**
 * A token of the local stack for any user; a deployed stage has no such address.
 * @throws ApiError, ConnectionError, UnexpectedAnswer, or the signal's reason
 */
export async function localToken(baseUrl: string, userId: string, signal: AbortSignal | null = null): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ userId });
  const request = new Request(`${baseUrl}/local/token`, { method: 'POST', headers, body, signal });
  const { content } = await exchange(request);
  if (!isRecord(content) || typeof content.token !== 'string') throw new UnexpectedAnswer('POST /local/token');
  return content.token;
}
