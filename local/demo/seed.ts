import { bodyOf, createApiClient } from '@goal-activity/client/client.ts';
import type { Language } from './messages.ts';
import { sampleGoal } from './sample/sample.ts';

/** The first user that the page's picker offers. */
const SAMPLE_USER = 'me';

/**
 * Gives a user the sample goal, ready to be started, unless they have a goal already.
 * @throws ApiError and the like when the stack refuses a call
 */
export async function seedSampleGoal(token: string, url: string, language: Language): Promise<void> {
  const api = createApiClient({ baseUrl: url, token: () => token });
  const { items } = await bodyOf(api.GET('/api/goals', { params: { query: { limit: 1 } } }));
  if (items.length === 0) await api.POST('/api/goals', { body: sampleGoal(language, new Date()) });
}

/**
 * What gives the first user of the page the sample goal when they sign in for the first time; nobody waits for it at the start.
 * @param onFailure is told why it was not there; the next time that they sign in it is tried again
 */
export function createSampleSeed(language: Language, onFailure: (error: unknown) => void) {
  let seeded: Promise<void> | undefined;
  return async (userId: string, token: string, url: string): Promise<void> => {
    if (userId !== SAMPLE_USER) return;
    seeded ??= seedSampleGoal(token, url, language).catch((error: unknown) => {
      seeded = undefined;
      onFailure(error);
    });
    await seeded;
  };
}
