import { bodyOf, createApiClient } from '@goal-activity/client/client.ts';
import { localToken } from '@goal-activity/client/local-token.ts';
import type { Language } from './messages.ts';
import { sampleGoal } from './sample/sample.ts';

/** The first user that the page's picker offers. */
export const SAMPLE_USER = 'me';

/**
 * Gives the first user of the page the sample goal, ready to be started, unless they have a goal already.
 * @throws ApiError and the like when the stack refuses a call
 */
export async function seedSampleGoal(url: string, language: Language): Promise<void> {
  const token = await localToken(url, SAMPLE_USER);
  const api = createApiClient({ baseUrl: url, token: () => token });
  const { items } = await bodyOf(api.GET('/api/goals', { params: { query: { limit: 1 } } }));
  if (items.length === 0) await api.POST('/api/goals', { body: sampleGoal(language, new Date()) });
}
