import type { Page } from 'playwright-core';
import { titles } from '../../support/stack/stack.ts';
import { createGoal, type Visitor } from '../support.ts';

/** Two batches, the second of which may be held. */
export const SIXTEEN = titles(16);
export const text = async (page: Page, selector: string) => (await page.locator(selector).textContent()) ?? '';

/** Starts a goal of this person by way of the API. @returns its ids */
export async function start({ person }: Visitor, title: string, actionTitles: readonly string[]) {
  const api = await person();
  const { body } = await api.start(await createGoal(api, title, actionTitles));
  return { ...body, api };
}
