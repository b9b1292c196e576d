import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { paths } from '../../../web/src/paths.ts';
import { eventually, titles } from '../../support/stack/stack.ts';
import { until } from '../../support/until.ts';
import { createGoal, go, intercept, LIMIT_MS, openRun, type Site } from '../support.ts';
import { SIXTEEN, start } from './support.ts';

/** Seconds after which nobody waits any more: what happens sooner was not waited for. */
const LATER = '3600';

export function describeComingBack(site: () => Site): void {
  const scrolled = (page: Page): Promise<number> => page.evaluate('Math.round(scrollY)');
  const expectScrolled = (page: Page, top: number) =>
    eventually(async () => expect(await scrolled(page)).to.be.within(top - 1, top + 1), LIMIT_MS);

  it('leads back to where somebody was: scrolled as far, with the same actions opened', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    const { api, goalId, executionArn } = await start(visitor, 'There and back', SIXTEEN);
    await api.waitForEnd(executionArn);
    await go(page, paths.goal(goalId));
    const opened = page.locator('.action details[open]');
    for (const index of [3, 12]) await page.locator('.action summary').nth(index).click();
    await page.evaluate('scrollTo(0, 700)');
    expect(await scrolled(page)).to.equal(700);
    // By script: a mouse would scroll to the header first.
    await page
      .locator('.header nav a')
      .last()
      .evaluate((link) => link.click());
    await page.locator('.run').waitFor();
    expect(await scrolled(page)).to.equal(0);
    await page.goBack();
    await expectScrolled(page, 700);
    expect(await opened.count()).to.equal(2);
    await page.reload();
    await expectScrolled(page, 700);
    expect(await opened.count()).to.equal(2);
  });

  it('leads back to the same place of a list of several pages', async () => {
    const { page, person } = await site().signIn();
    const api = await person();
    await Promise.all(Array.from({ length: 26 }, (_, index) => createGoal(api, `Goal ${index}`, titles(1))));
    await page.reload();
    await page.locator('.more button').click();
    await page.locator('.goal-card').nth(25).waitFor();
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    const before = await scrolled(page);
    await page.locator('.goal-card a').last().click();
    await page.locator('.goal-head').waitFor();
    await page.locator('.crumbs a').click();
    await page.locator('.goal-card').nth(25).waitFor();
    await expectScrolled(page, before);
  });

  it('signs out in every tab', async () => {
    const { page, context } = await site().signIn();
    const other = await context.newPage();
    try {
      await other.goto(site().url);
      await other.locator('.footer').waitFor();
      await other.locator('.footer button').click();
      await page.locator('.sign-in').waitFor();
      expect(await page.locator('.footer').count()).to.equal(0);
    } finally {
      await other.close();
    }
  });

  it('notices at once that the connection is gone and back, and otherwise asks when the last answer says, a 304 too', async () => {
    const visitor = await site().signIn();
    const { page, context } = visitor;
    site().holdRuns();
    /** When it asked, and how often it has been answered: first with news, then without. */
    const asked: number[] = [];
    let answers = 0;
    await intercept(page, '**/status', async (route) => {
      const wait = ['1', '2', LATER][asked.push(performance.now()) - 1] ?? LATER;
      const response = await route.fetch();
      const headers = { ...response.headers(), 'retry-after': wait };
      await route.fulfill(answers === 0 ? { response, headers } : { status: 304, headers: { 'retry-after': wait } });
      answers += 1;
    });
    await openRun(visitor, 'Followed', SIXTEEN);
    await page.locator('.progress-card').waitFor();
    await until(() => answers === 3);
    const [first = 0, second = 0, third = 0] = asked;
    expect(second - first).to.be.at.least(900);
    expect(third - second).to.be.at.least(1_900);
    // What is answered by the test is answered offline too.
    await page.unroute('**/status');
    const notice = page.locator('[data-testid=connection]');
    await context.setOffline(true);
    await notice.waitFor();
    expect(await notice.textContent()).to.include('This device is offline.');
    const request = page.waitForRequest(/\/status$/);
    await context.setOffline(false);
    await request;
    await notice.waitFor({ state: 'detached' });
  });
}
