import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { paths } from '../../web/src/paths.ts';
import { titles } from '../support/stack/stack.ts';
import { until } from '../support/until.ts';
import { BATCH_SIZE, cellsIn, createGoal, go, intercept, openRun, type Site, untilEnded } from './support.ts';

const MARKUP = '<img src=x onerror="document.title=1"><b>bold</b>';
/** Two batches, the second of which may be held. */
const SIXTEEN = titles(16);

const counts = async (page: Page) => ({
  waiting: await cellsIn(page, 'waiting').count(),
  generating: await cellsIn(page, 'generating').count(),
  saved: await cellsIn(page, 'saved').count(),
});

/** A hidden tab asks seldom, and at once when it is shown again. */
async function expectSilenceWhileHidden(page: Page): Promise<void> {
  const hide = (hidden: boolean) =>
    page.evaluate(
      `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
    );
  await page.waitForResponse(/\/status$/);
  await hide(true);
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/status')) asked.push(request.url());
  });
  // Longer than the wait between two questions: nothing to wait for but time, since nothing may happen.
  await page.waitForTimeout(2_500);
  expect(asked).to.deep.equal([]);
  const shown = page.waitForRequest(/\/status$/);
  await hide(false);
  await shown;
}

export function describeRun(site: () => Site): void {
  describe('a run in the browser', () => {
    it('begins by itself once there is room, while many people are starting', async () => {
      const { page, person, defects } = await site().signIn();
      await go(page, paths.goal(await createGoal(await person(), 'Wait my turn', titles(1))));
      const busy = { title: 'T', detail: 'D', code: 'too_busy', status: 503, type: 'about:blank' };
      let refusals = 0;
      let hasRoom = false;
      await intercept(page, '**/start-activity', (route) => {
        refusals += 1;
        return hasRoom
          ? route.continue()
          : route.fulfill({
              status: 503,
              headers: { 'retry-after': '1' },
              contentType: 'application/problem+json',
              json: busy,
            });
      });
      await page.locator('.next-step .button-primary').click();
      const dialog = page.locator('dialog');
      await dialog.locator('.button-primary').click();
      await dialog.locator('[role=status]', { hasText: /Many people are starting.* at \d/ }).waitFor();
      expect(await dialog.locator('.button-primary').textContent()).to.equal('Waiting …');
      expect(await dialog.locator('.note-error').count()).to.equal(0);
      await until(() => refusals > 1);
      hasRoom = true;
      await untilEnded(page);
      expect(await page.locator('h1').textContent()).to.equal('All done');
      expect(defects.filter((defect) => !defect.includes('503'))).to.deep.equal([]);
    });

    it('says before the start what will happen, fills the grid live, and ends with tasks, all text shown as text', async () => {
      const { page, person, defects } = await site().signIn();
      await go(page, paths.goal(await createGoal(await person(), MARKUP, [MARKUP, ...titles(63)])));
      await page.locator('.next-step .button-primary').click();
      const dialog = page.locator('dialog');
      expect(await dialog.locator('h2').textContent()).to.equal('Create tasks for 64 actions?');
      await dialog.locator('.estimate-hint', { hasText: 'claude' }).waitFor();
      const words = (await dialog.textContent()) ?? '';
      expect(words).to.match(/tasks are added to your goal/);
      expect(words).to.match(/about \d+ s/);
      expect(words).to.match(/about \$0\.\d/);
      const goOn = site().holdRuns();
      await dialog.locator('.button-primary').click();

      await cellsIn(page, 'saved')
        .nth(BATCH_SIZE - 1)
        .waitFor();
      expect(await counts(page)).to.deep.equal({ waiting: 32, generating: 24, saved: 8 });
      expect(Number(await page.locator('progress').getAttribute('value'))).to.be.within(12, 13);
      expect(await page.locator('.progress-facts').textContent()).to.match(/\d+ of 64 actions.*(left|Almost done)/);
      expect(await page.locator('[data-testid=announcer]').textContent()).to.match(/\d+%: \d+ of 64 actions done/);

      goOn();
      await untilEnded(page);
      expect(await page.locator('h1').textContent()).to.equal('All done');
      expect(await counts(page)).to.deep.equal({ waiting: 0, generating: 0, saved: 64 });
      expect(await page.locator('[data-testid=announcer]').textContent()).to.match(/^All done/);
      await page.locator('.result-card a').click();
      await page.locator('.action details').first().waitFor();
      expect(await page.locator('.action details').count()).to.equal(64);
      await cellsIn(page, 'saved').first().click();
      expect(await page.locator('.panel .task-title').first().textContent()).to.include('<b>bold</b>');
      expect(await page.locator('h1').textContent()).to.equal(MARKUP);
      expect(await page.locator('main img, main b').count()).to.equal(0);
      expect(defects).to.deep.equal([]);
    });

    it('says that it is much slower than usual, and was once it has ended', async () => {
      const visitor = await site().signIn();
      const { page } = visitor;
      const goOn = site().holdRuns();
      await intercept(page, '**/status', async (route) => {
        const { 'if-none-match': _etag, ...headers } = route.request().headers();
        const response = await route.fetch({ headers });
        await route.fulfill({ response, json: { ...(await response.json()), advice: 'slower_than_usual' } });
      });
      await openRun(visitor, 'Slow', SIXTEEN);
      expect(await page.locator('.progress-card').textContent()).to.include('This run is much slower than usual.');
      goOn();
      await untilEnded(page);
      expect(await page.locator('.result-card').textContent()).to.include('This run was much slower than usual.');
    });

    it('cancels after saying what is removed, and the goal has no tasks then', async () => {
      const visitor = await site().signIn();
      const { page } = visitor;
      site().holdRuns();
      await openRun(visitor, 'Stopped half-way', SIXTEEN);
      await cellsIn(page, 'saved').nth(2).waitFor();
      await page.locator('.progress-card .button').click();
      const dialog = page.locator('dialog');
      expect(await dialog.textContent()).to.match(/tasks this run has created so far are removed/);
      await dialog.locator('.button-danger').click();
      await untilEnded(page);
      expect(await page.locator('h1').textContent()).to.equal('Cancelled');
      expect(await cellsIn(page, 'cancelled').count()).to.equal(16);
      await page.locator('.result-card a').click();
      await page.locator('.next-step').waitFor();
      expect(await page.locator('.action .task').count()).to.equal(0);
      expect(await page.locator('.next-step .button-primary').textContent()).to.equal('Create tasks');
    });

    it('is followed through a busy server, a reload, a lost connection, a hidden tab, and the end of the session', async () => {
      const visitor = await site().signIn();
      const { page, context, user } = visitor;
      const goOn = site().holdRuns();
      const busy = { status: 503, json: { message: 'Service Unavailable' } };
      await intercept(page, '**/status', (route) => route.fulfill(busy));
      await openRun(visitor, 'Long', SIXTEEN);
      const notice = page.locator('[data-testid=connection]');
      await notice.waitFor();
      await page.unroute('**/status');
      await notice.locator('button').click();
      await page.locator('.run-layout').waitFor();
      expect(await notice.count()).to.equal(0);
      const address = page.url();
      await page.reload();
      await page.locator('.progress-card').waitFor();

      await context.setOffline(true);
      await notice.waitFor();
      expect(await notice.textContent()).to.include('This device is offline.');
      await context.setOffline(false);
      await notice.waitFor({ state: 'detached' });
      await expectSilenceWhileHidden(page);

      await intercept(page, '**/status', (route) => route.fulfill({ status: 401, json: { message: 'Unauthorized' } }));
      await page.locator('.sign-in').waitFor();
      expect(await page.locator('.sign-in').textContent()).to.include('You have been signed out.');
      await page.unroute('**/status');
      await page.locator('#user-name').fill(user);
      await page.locator('#user-name').press('Enter');
      await page.locator('.run-layout').waitFor();
      expect(page.url()).to.equal(address);
      const stored: string = await page.evaluate(
        'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
      );
      expect(stored).to.include(user);
      expect(stored, 'no token is where it would outlive the page').not.to.match(/eyJ/);
      goOn();
      await untilEnded(page);
      expect(await cellsIn(page, 'saved').count()).to.equal(16);
    });
  });
}
