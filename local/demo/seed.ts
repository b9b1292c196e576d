import type { Language } from './messages.ts';
import { sampleGoal } from './sample/sample.ts';

/** The first user that the page's picker offers. */
export const SAMPLE_USER = 'me';

/**
 * Gives the first user of the page the sample goal, ready to be started, unless they have a goal already.
 * @throws Error when the stack refuses a call
 */
export async function seedSampleGoal(url: string, language: Language): Promise<void> {
  const call = async (method: string, path: string, token: string | undefined, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const token = String(
    Reflect.get(Object(await call('POST', '/local/token', undefined, { userId: SAMPLE_USER })), 'token'),
  );
  const items: unknown = Reflect.get(Object(await call('GET', '/api/goals?limit=1', token)), 'items');
  if (Array.isArray(items) && items.length > 0) return;
  await call('POST', '/api/goals', token, sampleGoal(language, new Date()));
}
