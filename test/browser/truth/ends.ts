import { bodyOf } from '@goal-activity/client/client.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { paths } from '../../../web/src/paths.ts';
import { titles } from '../../support/stack/stack.ts';
import {
  cellsIn,
  expectAccessible,
  expectNoOverflow,
  go,
  intercept,
  openRun,
  type Site,
  untilEnded,
} from '../support.ts';
import { SIXTEEN, start, text } from './support.ts';

/** Answers every status with what the API says, changed. */
async function changeStatus(page: Page, change: (status: ExecutionStatus) => Partial<ExecutionStatus>): Promise<void> {
  await intercept(page, '**/status', async (route) => {
    const { 'if-none-match': _etag, ...headers } = route.request().headers();
    const response = await route.fetch({ headers });
    const status: ExecutionStatus = await response.json();
    await route.fulfill({ response, json: { ...status, ...change(status) } });
  });
}

export function describeEnds(site: () => Site): void {
  it('counts down from what is known, and then says how long it has run and what holds it up', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    site().holdRuns();
    await changeStatus(page, ({ outcomes }) => ({
      estimatedSecondsRemaining: 3,
      slowActions: outcomes.slice(8, 9).map(({ actionId }) => actionId),
      outcomes: outcomes.map((each) => (each.position === 8 ? { ...each, attempt: 2 } : each)),
    }));
    await openRun(visitor, 'Slow', SIXTEEN);
    await page.locator('.progress-facts', { hasText: /about [123] s left/ }).waitFor();
    await page.unroute('**/status');
    await changeStatus(page, ({ outcomes }) => ({
      estimatedSecondsRemaining: 1,
      slowActions: outcomes.slice(8, 9).map(({ actionId }) => actionId),
      outcomes: outcomes.map((each) => (each.position === 8 ? { ...each, attempt: 2 } : each)),
    }));
    await page.locator('.progress-facts', { hasText: /running for \d+ s/ }).waitFor();
    expect(await text(page, '.progress-card')).to.include('1 action is slow, attempt 2 of 4.');
    expect(await text(page, '.progress-facts')).not.to.include('left');
  });

  it('does not say of a run that was stopped from outside that its tasks are gone', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    site().holdRuns();
    await openRun(visitor, 'Stopped by an operator', SIXTEEN);
    await cellsIn(page, 'saved').nth(7).waitFor();
    site().stopRun(page, 'Maintenance');
    await untilEnded(page);
    expect(await text(page, 'h1')).to.equal('Stopped before it was done');
    expect(await text(page, '.page-head .badge')).to.equal('Stopped');
    expect(await text(page, '.result-card')).to.match(/8 of 16 actions ready, \d+ tasks added\. They are kept/);
    expect(await text(page, '.failure-head')).to.include('The run was stopped before this action was done.');
    expect(await text(page, 'main')).not.to.match(/removed|cancel/i);
    expect(await cellsIn(page, 'saved').count()).to.equal(8);
    expect(await text(page, '.result-card')).to.include('Retry 8 actions');
  });

  it('does not say of an action that hung through its attempts that it never had its turn', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    await changeStatus(page, ({ failedActions }) => ({
      failedActions: failedActions.map((each) => ({
        ...each,
        error: 'BatchTimeout',
        reason: 'The time of the batch is over',
      })),
    }));
    await openRun(
      visitor,
      'Hung',
      titles(2, (index) => (index === 0 ? '[ai:denied]' : '')),
    );
    await untilEnded(page);
    expect(await text(page, '.failure-head')).to.include('AI gave no usable answer within the time limit');
  });

  it('shows in an old run what became of its actions, and leads to the new one instead of offering what is refused', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    const { api, goalId, executionArn } = await start(
      visitor,
      'Twice',
      titles(3, (index) => (index < 2 ? '[ai:denied]' : '')),
    );
    await api.waitForEnd(executionArn);
    const actionId = (await api.getGoal(goalId)).actions[0]?.actionId ?? '';
    const params = { path: { goalId, actionId } };
    await api.api.PATCH('/api/goals/{goalId}/actions/{actionId}', { params, body: { title: 'Walk' } });
    const again = await bodyOf(
      api.api.POST('/api/workflows/{executionArn}/retry', { params: { path: { executionArn } } }),
    );
    await api.waitForEnd(again.executionArn);
    await go(page, paths.run(executionArn));
    await page.locator('.later', { hasText: 'Retried later' }).waitFor();
    const since = await page.locator('.later').allTextContents();
    expect(since[0]).to.match(/^\d tasks added since then$/);
    expect(since[1]).to.equal('Retried later, and failed again');
    const buttons = await page.locator('.result-card, .failed-actions').locator('button').allTextContents();
    expect(buttons.filter((each) => /Retry|Edit/.test(each))).to.deep.equal([]);
    await expectAccessible(page);
    await expectNoOverflow(page);
    await page.locator('.newer-run a').click();
    await page.locator('.failed-actions button', { hasText: 'Edit' }).waitFor();
    expect(page.url()).to.include(encodeURIComponent(again.executionArn).replaceAll('%3A', ':'));
  });

  it('leads whoever has no access to an administrator, on the run and on its goal, where the reasons stay', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    const { api, goalId, executionArn } = await start(
      visitor,
      'Denied',
      titles(2, () => '[ai:denied]'),
    );
    await api.waitForEnd(executionArn);
    for (const [address, shown] of [
      [paths.run(executionArn), '.result-card'],
      [paths.goal(goalId), '.goal-head'],
    ] as const) {
      await go(page, address);
      await page.locator(shown).waitFor();
      await page.locator('.failure-head', { hasText: 'AI access is not set up.' }).waitFor();
      expect(await text(page, 'main'))
        .to.match(/contact your administrator/)
        .and.not.to.match(/try again/i);
    }
    expect(await text(page, '#failed-heading')).to.equal('2 actions failed in the last run');
    expect((await api.getStatus(executionArn)).cost).to.deep.include({ aiCalls: 2, outputTokens: 0 });
  });
}
