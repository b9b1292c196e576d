/** What the tests of using tasks and goals share. */
import type { Page, Route } from 'playwright-core';
import { paths } from '../../web/src/paths.ts';
import { inspect, speak } from './look.ts';
import { createGoal, DESKTOP, go, intercept, type Visitor } from './support.ts';

export const ACTIONS = ['Run slowly', 'Eat well'];

/** A goal whose actions have tasks, opened in the browser, with its first action open. */
export async function openGoal(visitor: Visitor, title = 'Run a marathon') {
  const { page } = visitor;
  const person = await visitor.person();
  const goalId = await createGoal(person, title, ACTIONS);
  const { body } = await person.start(goalId);
  await person.waitForEnd(body.executionArn);
  await go(page, paths.goal(goalId));
  const action = page.locator('.goal-actions .action').first();
  await action.locator('summary').click();
  await action.locator('.task').first().waitFor();
  const [first] = (await person.getGoal(goalId)).actions;
  const tasks = async () => (await person.listTasks(goalId)).filter(({ actionId }) => actionId === first?.actionId);
  const [task] = await tasks();
  if (task === undefined) throw new Error('The run made no tasks');
  return { page, person, goalId, action, tasks, task };
}

/** Of everything about the tasks of a goal, and of the goal itself. */
export const TASKS = '**/api/goals/*/tasks**';
export const GOAL = '**/api/goals/*';

/** Handles the next request of a method to these addresses. */
export async function nextCall(
  page: Page,
  addresses: string,
  method: string,
  handle: (route: Route) => Promise<void>,
): Promise<void> {
  let isOver = false;
  await intercept(page, addresses, async (route) => {
    if (isOver || route.request().method() !== method) return route.fallback();
    isOver = true;
    await handle(route);
  });
}

/** The request arrives, but its answer does not. */
export const loseAnswer = async (route: Route) => {
  await route.fetch();
  await route.abort();
};

/** Looks at a state as everybody sees it, and goes on in English on a desktop. */
export async function look(page: Page): Promise<void> {
  await inspect(page);
  await speak(page, 'en');
  await page.setViewportSize(DESKTOP);
}
