import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { titles } from '../support/stack/stack.ts';
import { cellsIn, createGoal, openRun, type Site, untilEnded } from './support.ts';

/** The first of each of two batches is refused by the AI until its text is changed. */
const PARTLY = titles(16, (index) => (index % 8 === 0 ? '[ai:denied]' : ''));

async function edit(page: Page, title: string): Promise<void> {
  await page.locator('#edit-title').fill(title);
  await page.locator('dialog button[type=submit]').click();
  await page.locator('main li', { hasText: title }).last().waitFor();
}

async function expectReasons(page: Page): Promise<void> {
  expect(await page.locator('.page-head .badge').textContent()).to.equal('Partly completed');
  expect(await page.locator('#failed-heading').textContent()).to.equal('2 actions without tasks');
  expect(await page.locator('.failure').count()).to.equal(1);
  expect(await page.locator('.failure-head').textContent()).to.include('AI access is not set up.');
  expect(await page.locator('.failed-titles li').count()).to.equal(2);
  await cellsIn(page, 'failed').nth(1).click();
  expect(await page.locator('.panel').textContent()).to.match(/Walk 9 .*Failed.*AI access is not set up\./);
  await page.locator('.technical summary').click();
  expect(await page.locator('.technical code').first().textContent()).to.match(/AccessDenied/);
}

/** The timeline has a row for each action, and the states of the machine behind its details; the cost is beside it. */
async function expectTimeline(page: Page): Promise<void> {
  const rows = page.locator('.timeline-action');
  await rows.first().waitFor();
  expect(await rows.count()).to.equal(16);
  expect(await rows.locator('.timeline-bar[data-kind=failed]').count()).to.equal(2);
  await page.locator('.timeline .options label').last().click();
  expect(await rows.locator('.timeline-title').first().textContent(), 'failures come first').to.match(/^Walk 1 /);
  await rows.locator('summary').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await rows.nth(1).textContent()).to.match(
    /^Failed: Walk 9 .*Ask(?:ing)? AI \d+:\d+:\d+.* · permanent failure/,
  );
  const states = page.locator('.timeline-details');
  expect(await states.locator('.timeline-states').isVisible()).to.equal(false);
  await states.locator('summary').first().click();
  const chart = states.locator('[role=img]');
  expect(await chart.getAttribute('aria-label')).to.match(/^Timeline of \d+ steps over/);
  expect(await chart.textContent()).to.match(/Ask AI.*Save the tasks/);
  await page.locator('.timeline-table summary').first().click();
  expect(await page.locator('.timeline-table tbody tr').first().textContent()).to.match(/^Check the goal/);
  expect(await page.locator('.run-cost').textContent()).to.match(/AI usage.*\$.*AI calls.*Input tokens/);
}

export function describeRetry(site: () => Site): void {
  describe('after a run in the browser', () => {
    it('tells why actions failed, and lets the person edit them and retry just those, from the run and from the goal', async () => {
      const visitor = await site().signIn();
      const { page } = visitor;
      await openRun(visitor, 'Second try', PARTLY);
      await untilEnded(page);
      await expectReasons(page);
      await expectTimeline(page);
      const firstRun = page.url();
      await page.locator('.failed-titles button').first().click();
      await edit(page, 'Walk one kilometre');
      const goOn = site().holdRuns();
      await page.locator('.failed-actions .section-head button').click();
      expect(await page.locator('dialog').textContent()).to.include('for the 2 actions without tasks');
      await page.locator('dialog .button-primary').click();
      await page.locator('.progress-card').waitFor();
      expect(page.url()).not.to.equal(firstRun);
      expect(await cellsIn(page, 'earlier').count()).to.equal(14);
      goOn();
      await untilEnded(page);
      expect(await cellsIn(page, 'saved').count()).to.equal(1);

      await page.locator('.crumbs a').click();
      await page.locator('.action', { hasText: '[ai:denied]' }).locator('summary').click();
      await page.locator('.action details[open] .icon-edit').first().click();
      await edit(page, 'Walk nine kilometres');
      await page.locator('.next-step .button', { hasText: 'Retry 1 action' }).click();
      await page.locator('dialog .button-primary').click();
      await untilEnded(page);
      expect(await page.locator('h1').textContent()).to.equal('All done');
      await page.locator('.result-card a').click();
      await page.locator('.action details').nth(15).waitFor();
      expect(await page.locator('.head-facts .badge').textContent()).to.equal('Ready');
    });

    it('lists the runs by goal, status and date', async () => {
      const { page, person } = await site().signIn();
      const api = await person();
      for (const [title, actions] of [
        ['First goal', PARTLY],
        ['Second goal', titles(16)],
      ] as const) {
        const { body } = await api.start(await createGoal(api, title, actions));
        await api.waitForEnd(body.executionArn);
      }
      await page.locator('.header nav a').last().click();
      const runs = page.locator('.run');
      await runs.nth(1).waitFor();
      expect(await runs.first().textContent()).to.match(/Second goal.*Completed.*16 of 16 ready.*\$/);
      expect(await runs.last().textContent()).to.match(/First goal.*Partly completed.*14 of 16 ready.*2 failed/);

      await page.locator('#filter-status').selectOption('PARTIALLY_SUCCEEDED');
      await runs.nth(1).waitFor({ state: 'detached' });
      expect(await runs.first().textContent()).to.include('First goal');
      await page.reload();
      await runs.first().waitFor();
      expect(await page.locator('#filter-status').inputValue()).to.equal('PARTIALLY_SUCCEEDED');
      await page.locator('.filters button').click();
      await page.locator('#filter-goal').selectOption({ label: 'Second goal' });
      await runs.nth(1).waitFor({ state: 'detached' });
      expect(await runs.first().textContent()).to.include('Second goal');
      await page.locator('#filter-to').fill('2020-01-01');
      await page.locator('.empty-list').waitFor();
      expect(await page.locator('.empty-list').textContent()).to.equal('No runs match these filters.');
    });
  });
}
