import { ApiError, ConnectionError, UnexpectedAnswer } from './errors.ts';

/** Longer than the gateway waits for the application (30 s), so that its answer comes first. */
const TIMEOUT_MS = 35_000;

/**
 * Sends a request and reads the answer.
 * @param send is the global `fetch`, or stands in for it
 * @returns the answer, to be read again, and what its JSON says; undefined without a body, as of a 304
 * @throws ApiError, ConnectionError, UnexpectedAnswer, or the reason of the request's signal
 */
export async function exchange(request: Request, send = fetch): Promise<{ response: Response; content: unknown }> {
  const call = `${request.method} ${new URL(request.url).pathname}`;
  let response: Response;
  let text: string;
  try {
    response = await send(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    text = await response.text();
  } catch (cause) {
    request.signal.throwIfAborted();
    throw new ConnectionError(call, cause);
  }
  const isSuccess = response.ok || response.status === 304;
  if (isSuccess && text === '') return { response: new Response(null, response), content: undefined };
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    if (isSuccess) throw new UnexpectedAnswer(call);
  }
  if (!isSuccess) throw new ApiError(call, response, content);
  return { response: new Response(text, response), content };
}
