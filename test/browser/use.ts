import { bodyOf } from '@goal-activity/client/client.ts';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { en } from '../../web/src/i18n/en/en.ts';
import { paths } from '../../web/src/paths.ts';
import { eventually, type Task } from '../support/stack/stack.ts';
import { cellsIn, createGoal, go, LIMIT_MS, PHONE, type Site, untilEnded } from './support.ts';
import { ACTIONS, look, loseAnswer, nextCall, openGoal, TASKS } from './use-support.ts';

const announced = (page: Page, words: string) => page.locator('[data-testid=announcer]', { hasText: words }).waitFor();
const titlesIn = (action: Locator) => action.locator('.task-title').allTextContents();

function describeChecking(site: () => Site): void {
  it('are checked off and back by keyboard, the goal and its chart follow, and only the last of quick wishes counts', async () => {
    const { page, action, tasks } = await openGoal(await site().signIn());
    const box = action.locator('.task input').first();
    const total = (await tasks()).length;
    await box.focus();
    await page.keyboard.press('Space');
    await announced(page, en.task.progress(1, total));
    await page.locator('.done-bar progress[value="1"]').waitFor();
    await page.locator(`button.cell[aria-label*="${en.chart.done(1, total)}"]`).waitFor();
    expect((await tasks())[0]?.status).to.equal('done');

    const answers = Promise.withResolvers<void>();
    await nextCall(page, TASKS, 'PATCH', async (route) => {
      await answers.promise;
      await route.continue();
    });
    for (let time = 0; time < 3; time += 1) await page.keyboard.press('Space');
    await action.locator('.task-saving').waitFor();
    expect(await box.isChecked(), 'before the API has answered').to.equal(false);
    await look(page);
    answers.resolve();
    await action.locator('.task-saving').waitFor({ state: 'detached' });
    expect(await box.isChecked()).to.equal(false);
    expect((await tasks())[0]).to.deep.include({ status: 'not_started' });
    await page.locator('.done-bar progress[value="0"]').waitFor();
  });

  it('are as they were when it cannot be saved, with the reason, until it can; a later failure to read takes nothing away', async () => {
    const { page, person, goalId, action, tasks, task } = await openGoal(await site().signIn());
    const total = (await tasks()).length;
    const box = action.locator('.task input').first();
    await nextCall(page, TASKS, 'PATCH', loseAnswer);
    await box.check({ force: true }).catch(() => undefined);
    await action.locator('.note-error', { hasText: `${en.task.notSaved} ${en.problem.slow.what}` }).waitFor();
    expect(await box.isChecked()).to.equal(false);
    await nextCall(page, TASKS, 'GET', (route) => route.abort());
    await action.locator('.note-error button').click();
    await eventually(async () => expect(await box.isChecked()).to.equal(true), LIMIT_MS);
    await announced(page, en.task.progress(1, total));
    expect((await tasks())[0], 'saved once').to.deep.include({ status: 'done', version: 2 });
    expect(await action.locator('.note-error').count()).to.equal(0);

    const params = { path: { goalId, taskId: task.taskId } };
    await bodyOf(
      person.api.PATCH('/api/goals/{goalId}/tasks/{taskId}', { params, body: { version: 2, title: 'New' } }),
    );
    await box.click();
    await action.locator('.note-error', { hasText: en.problems.task_changed.what }).waitFor();
    await action.locator('.task-title', { hasText: 'New' }).waitFor();
    await action.locator('.note-error button').click();
    await announced(page, en.task.progress(0, total));
    expect((await tasks())[0]).to.deep.include({ status: 'not_started', title: 'New' });
  });
}

function describeChanging(site: () => Site): void {
  it('are edited on top of what was changed elsewhere, and nothing that was typed is lost', async () => {
    const { page, person, goalId, action, tasks, task } = await openGoal(await site().signIn());
    const params = { path: { goalId, taskId: task.taskId } };
    await action
      .getByRole('button', { name: en.task.editOne(task.title) })
      .first()
      .click();
    await page.locator('#task-title').fill('');
    await page.keyboard.press('Enter');
    await page.locator('#task-title-flaw', { hasText: en.flaw.missing }).waitFor();
    await page.locator('#task-title').fill('My words');
    await page.locator('#task-minutes').fill('1441');
    await page.locator('#task-minutes-flaw', { hasText: en.task.badMinutes }).waitFor();
    await page.locator('#task-minutes').fill('25');
    const changes = { version: 1, title: 'Their words', description: 'Their text' };
    await bodyOf(person.api.PATCH('/api/goals/{goalId}/tasks/{taskId}', { params, body: changes }));
    await page.locator('dialog button[type=submit]').click();
    await page.locator('dialog .note-error', { hasText: en.problems.task_changed.what }).waitFor();
    expect(await page.locator('#task-title').inputValue()).to.equal('My words');
    expect(await page.locator('#task-title-hint').textContent()).to.equal(en.task.elsewhere('Their words'));
    await look(page);
    await page.mouse.click(2, 2);
    await page.locator('dialog button[type=submit]').click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await action.locator('.task-title', { hasText: 'My words' }).waitFor();
    const saved = { title: 'My words', description: 'Their text', estimatedMinutes: 25, version: 3 };
    expect((await tasks())[0]).to.deep.include(saved);

    await action.locator('.task-buttons button').first().click();
    await page.locator('#task-title').fill('Still here');
    await person.api.DELETE('/api/goals/{goalId}/tasks/{taskId}', { params: { ...params, query: { version: 3 } } });
    await page.locator('dialog button[type=submit]').click();
    await page.locator('dialog .note-error', { hasText: en.problems.task_not_found.what }).waitFor();
    await page.locator('dialog button[type=submit]').click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await action.locator('.task-title', { hasText: 'Still here' }).waitFor();
    expect((await tasks()).filter(({ title }) => title === 'Still here')).to.have.length(1);
  });

  it('are added once, however often it is tried, also to an action without any', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    await page.setViewportSize(PHONE);
    const person = await visitor.person();
    const goalId = await createGoal(person, 'By hand', ACTIONS);
    await go(page, paths.goal(goalId));
    const action = page.locator('.goal-actions .action').first();
    await action.locator('summary').click();
    await action.getByRole('button', { name: en.task.addTo(ACTIONS[0] ?? '') }).click();
    await page.locator('#task-title:focus').waitFor();
    await page.keyboard.type('Buy shoes');
    await nextCall(page, TASKS, 'POST', loseAnswer);
    await page.keyboard.press('Enter');
    await page.locator('dialog .note-error').waitFor();
    await look(page);
    await page.locator('dialog button[type=submit]').click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await action.locator('.task-title', { hasText: 'Buy shoes' }).waitFor();
    const tasks = await person.listTasks(goalId);
    expect(
      tasks.map(({ title, estimatedMinutes, executionArn }) => ({ title, estimatedMinutes, executionArn })),
    ).to.deep.equal([{ title: 'Buy shoes', estimatedMinutes: 30, executionArn: null }]);
    expect(await page.locator('.next-step .button-primary').count(), 'the AI is still to be asked').to.equal(1);

    await page.setViewportSize(PHONE);
    await page.locator('button.cell').first().click();
    await page.locator('.panel-sheet .task-buttons button').first().click();
    await page.locator('#task-title').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#task-title').waitFor({ state: 'detached' });
    const left = await page.locator('.panel-sheet .task').count();
    expect(left, 'what the form was opened from is still there').to.equal(1);
    await go(page, paths.goals);
    await page.locator('.goal-card').waitFor();
  });

  it('are removed, unless that is undone in time; what can still be undone is sent when the person leaves', async () => {
    const { page, action, tasks } = await openGoal(await site().signIn());
    const [first = '', second = ''] = await titlesIn(action);
    const remove = (title: string) => action.getByRole('button', { name: en.task.removeOne(title) });
    await remove(first).focus();
    await page.keyboard.press('Enter');
    await action.locator('.task-removed').waitFor();
    await look(page);
    expect(await page.evaluate('document.activeElement.closest(".task-removed") !== null')).to.equal(true);
    await page.keyboard.press('Enter');
    await action.locator('.task-title', { hasText: first }).first().waitFor();
    expect(await page.evaluate('document.activeElement.closest(".task") !== null')).to.equal(true);
    const before = (await tasks()).length;
    await action.locator('.task-buttons button').nth(3).click();
    await page.locator('.brand').click();
    await page.locator('.goal-card').waitFor();
    await eventually(async () => expect(await tasks()).to.have.length(before - 1), LIMIT_MS);
    expect((await tasks()).map(({ title }) => title))
      .to.include(first)
      .and.not.include(second);
  });
}

function describeAgain(site: () => Site): void {
  it('are made again for one action, except those that the person changed', async () => {
    const { page, action, tasks, goalId, person } = await openGoal(await site().signIn());
    const before = await tasks();
    const others = (await person.listTasks(goalId)).length - before.length;
    await action.locator('.task input').first().check();
    await announced(page, en.task.progress(1, before.length));
    await action.getByRole('button', { name: en.again.button(ACTIONS[0] ?? '') }).click();
    const dialog = page.locator('dialog');
    await dialog.locator('dd', { hasText: '$' }).waitFor();
    expect(await dialog.textContent()).to.include(en.again.keeps(1));
    await look(page);
    await dialog.locator('.button-primary').click();
    await untilEnded(page);
    await go(page, paths.goal(goalId));
    await page.locator('.goal-actions').waitFor();
    const after = await tasks();
    expect(after.filter(({ executionArn }) => executionArn?.endsWith('-1')).map(({ taskId }) => taskId)).to.deep.equal([
      before[0]?.taskId,
    ]);
    expect(after.length).to.be.greaterThan(1);
    expect((await person.listTasks(goalId)).length - after.length, 'of the other action').to.equal(others);
    await cellsIn(page, 'saved').nth(1).waitFor();
  });
}

/** How many tasks there are for today: at most 8 habits, and 8 that are done once. */
function shownToday(tasks: readonly Task[]): number {
  const open = tasks.filter(({ status }) => status !== 'done');
  const habits = open.filter(({ type }) => type === 'habit').length;
  return Math.min(8, habits) + Math.min(8, open.length - habits);
}

function describeToday(site: () => Site): void {
  it('are on one page for today, of all goals, and can be checked off there', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    await page.getByRole('link', { name: en.nav.today }).click();
    await page.locator('.empty').waitFor();
    await look(page);
    const { goalId, person } = await openGoal(visitor, 'First goal');
    const tasks = await person.listTasks(goalId);
    await page.locator('.header nav a').nth(1).click();
    const item = page.locator('.today .task').first();
    await item.waitFor();
    expect(await page.locator('.today .task').count()).to.equal(shownToday(tasks));
    const title = (await item.locator('.task-title').textContent()) ?? '';
    await item.locator('input').check();
    await page.locator('.page-head', { hasText: /1/ }).waitFor();
    await eventually(async () => {
      const done = (await person.listTasks(goalId)).filter(({ status }) => status === 'done');
      expect(done.map((task) => task.title)).to.deep.equal([title]);
    }, LIMIT_MS);
    await look(page);
    await page.locator('.page-head .button').click();
    await eventually(
      async () =>
        expect(await page.locator('.today .task').count()).to.equal(shownToday(await person.listTasks(goalId))),
      LIMIT_MS,
    );
    await page.locator('.task-purpose a').first().click();
    await page.locator('.done-bar').waitFor();
    expect(await page.locator('h1').textContent()).to.equal('First goal');
  });
}

export function describeUse(site: () => Site): void {
  describe('tasks in the browser', () => {
    describeChecking(site);
    describeChanging(site);
    describeAgain(site);
    describeToday(site);
  });
}
