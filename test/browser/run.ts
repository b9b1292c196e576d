import { expect } from 'chai';
import type { Page } from 'playwright-core';
import {
  cellsIn,
  createGoal,
  type Site,
  setAi,
  simpleTable,
  sixteenActions,
  start,
  table,
  untilEnded,
} from './support.ts';

const counts = async (page: Page) => ({
  waiting: await cellsIn(page, 'waiting').count(),
  generating: await cellsIn(page, 'generating').count(),
  saved: await cellsIn(page, 'saved').count(),
});

export function describeRun(site: () => Site): void {
  describe('a run in the browser', () => {
    beforeEach(() => {
      setAi(site(), { latencyMs: '50' });
    });

    it('says before the start what will happen, fills the grid live, and ends with tasks', async () => {
      setAi(site(), { latencyMs: '700-1300' });
      const { page, defects } = await site().signIn();
      await createGoal(page, 'Walk across the country', simpleTable(8));
      await page.locator('.next-step .button-primary').click();
      const dialog = page.locator('dialog');
      expect(await dialog.locator('h2').textContent()).to.equal('Turn 64 actions into tasks?');
      const words = (await dialog.textContent()) ?? '';
      expect(words).to.match(/tasks are added to your goal/);
      expect(words).to.match(/about 45 s/);
      expect(words).to.match(/about \$0\.\d/);
      await dialog.locator('.button-primary').click();

      await cellsIn(page, 'generating').first().waitFor();
      const first = await counts(page);
      expect(first.generating + first.saved).to.be.greaterThan(0);
      expect(first.waiting).to.be.at.least(64 - 24 - first.saved);
      await cellsIn(page, 'saved').nth(20).waitFor();
      const percentage = Number(await page.locator('[role=progressbar]').getAttribute('aria-valuenow'));
      expect(percentage).to.be.within(30, 99);
      expect(await page.locator('.progress-facts').textContent()).to.match(/\d+ of 64 actions.*(left|Almost done)/);
      expect(await page.locator('[data-testid=announcer]').textContent()).to.match(/\d+%: \d+ of 64 actions processed/);

      await untilEnded(page);
      expect(await page.locator('h1').textContent()).to.equal('All done');
      expect(await counts(page)).to.deep.equal({ waiting: 0, generating: 0, saved: 64 });
      expect(await page.locator('[data-testid=announcer]').textContent()).to.match(/^All done/);
      await page.locator('.result-card a').click();
      await page.locator('.action details').first().waitFor();
      expect(await page.locator('.action details').count()).to.equal(64);
      await cellsIn(page, 'saved').nth(9).click();
      expect(await page.locator('.action details[open] .task').count()).to.be.greaterThan(0);
      expect(defects).to.deep.equal([]);
    });

    it('tells in words why actions failed, and which', async () => {
      const { page } = await site().signIn();
      const text = table((block, index) => (index > 2 ? '' : `Walk ${block} ${index === 0 ? '[ai:denied]' : ''}`));
      await createGoal(page, 'Partly', text);
      await start(page);
      await untilEnded(page);
      expect(await page.locator('.page-head .badge').textContent()).to.equal('Partly completed');
      expect(await cellsIn(page, 'failed').count()).to.equal(8);
      expect(await page.locator('#failed-heading').textContent()).to.equal('8 actions without tasks');
      expect(await page.locator('.failure').count()).to.equal(1);
      expect(await page.locator('.failure-head').textContent()).to.include('The AI refused access.');
      expect(await page.locator('.failed-titles li').count()).to.equal(8);
      await cellsIn(page, 'failed').first().click();
      expect(await page.locator('.chosen').textContent()).to.match(/Failed.*Walk 0.*The AI refused access\./);
      await page.locator('.technical summary').click();
      expect(await page.locator('.technical code').first().textContent()).to.match(/AccessDenied/);
    });

    it('cancels after saying what is removed, and the goal has no tasks then', async () => {
      const { page } = await site().signIn();
      await createGoal(page, 'Stopped half-way', sixteenActions);
      site().holdRuns();
      await start(page);
      await cellsIn(page, 'saved').nth(2).waitFor();
      await page.locator('.progress-card .button').click();
      const dialog = page.locator('dialog');
      expect(await dialog.textContent()).to.match(/tasks that this run has made so far are removed/);
      await dialog.locator('.button-danger').click();
      await untilEnded(page);
      expect(await page.locator('h1').textContent()).to.equal('Cancelled');
      expect(await cellsIn(page, 'cancelled').count()).to.equal(16);
      await page.locator('.result-card a').click();
      await page.locator('.next-step').waitFor();
      expect(await page.locator('.action details').count()).to.equal(0);
      expect(await page.locator('.next-step .button-primary').textContent()).to.equal('Start activity');
    });

    it('goes on following the run after a reload', async () => {
      const { page } = await site().signIn();
      await createGoal(page, 'Reloaded', sixteenActions);
      const goOn = site().holdRuns();
      await start(page);
      await cellsIn(page, 'saved').first().waitFor();
      await page.reload();
      await page.locator('.progress-card').waitFor();
      goOn();
      await untilEnded(page);
      expect(await cellsIn(page, 'saved').count()).to.equal(16);
    });

    it('says that the connection is lost, and catches up by itself when it is back', async () => {
      const { page, context } = await site().signIn();
      await createGoal(page, 'In a tunnel', sixteenActions);
      const goOn = site().holdRuns();
      await start(page);
      await cellsIn(page, 'saved').first().waitFor();
      await context.setOffline(true);
      const notice = page.locator('[data-testid=connection]');
      await notice.waitFor();
      expect(await notice.textContent()).to.include('This device is offline.');
      await context.setOffline(false);
      await notice.waitFor({ state: 'detached' });
      goOn();
      await untilEnded(page);
      expect(await cellsIn(page, 'saved').count()).to.equal(16);
    });

    it('says when it tries again while the server does not answer', async () => {
      const { page } = await site().signIn();
      await createGoal(page, 'Busy', sixteenActions);
      await page.route('**/status', (route) =>
        route.fulfill({ status: 503, json: { message: 'Service Unavailable' } }),
      );
      await page.locator('.next-step .button-primary').click();
      await page.locator('dialog .button-primary').click();
      await page.locator('[data-testid=connection]').waitFor();
      await page.unroute('**/status');
      await page.locator('[data-testid=connection] button').click();
      await page.locator('.run-layout').waitFor();
      expect(await page.locator('[data-testid=connection]').count()).to.equal(0);
    });

    it('does not ask while its tab is hidden', async () => {
      const { page } = await site().signIn();
      await createGoal(page, 'Out of sight', sixteenActions);
      const goOn = site().holdRuns();
      await start(page);
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
      goOn();
      await untilEnded(page);
    });

    it('asks to sign in again when the session has ended, and comes back to the run', async () => {
      const { page, user } = await site().signIn();
      await createGoal(page, 'Long', sixteenActions);
      site().holdRuns();
      await start(page);
      const address = page.url();
      await page.route('**/status', (route) => route.fulfill({ status: 401, json: { message: 'Unauthorized' } }));
      await page.locator('.sign-in').waitFor();
      expect(await page.locator('.sign-in').textContent()).to.include('Your session has ended.');
      await page.unroute('**/status');
      await page.locator('#user-name').fill(user);
      await page.locator('#user-name').press('Enter');
      await page.locator('.run-layout').waitFor();
      expect(page.url()).to.equal(address);
    });

    it('keeps no token where it would outlive the page', async () => {
      const { page, user } = await site().signIn();
      const stored: string = await page.evaluate(
        'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
      );
      expect(stored).to.include(user);
      expect(stored).not.to.match(/eyJ/);
    });
  });
}
