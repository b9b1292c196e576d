import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { paths } from '../../../web/src/paths.ts';
import { expectAccessible, intercept, type Site } from '../support.ts';
import { text } from './support.ts';

/** Makes files of the page fail to load until `isGone` is false. */
async function loseFiles(page: Page, pattern: string) {
  const lost = { isGone: true };
  await intercept(page, pattern, (route) => (lost.isGone ? route.fulfill({ status: 404 }) : route.continue()));
  return lost;
}

export function describeMissingViews(site: () => Site): void {
  describe('views that do not load', () => {
    it('loads itself again when a deployment has taken the code of a view away, and keeps its header meanwhile', async () => {
      const { page, defects } = await site().visit();
      const lost = await loseFiles(page, '**/assets/create-*.js');
      await page.locator('#user-name').fill('somebody');
      await page.locator('#user-name').press('Enter');
      await page.locator('.empty a').waitFor();
      page.on('request', (request) => {
        if (request.isNavigationRequest()) lost.isGone = false;
      });
      await page.locator('.empty a').click();
      await page.locator('#title').waitFor();
      expect(new URL(page.url()).pathname).to.equal(paths.create);
      expect(defects).to.deep.equal([]);
    });

    it('says so, once, when that does not help, and when there is no connection; then it goes on by itself', async () => {
      const { page, context } = await site().visit();
      const lost = await loseFiles(page, '**/assets/history-*.js');
      await page.locator('#user-name').fill('somebody');
      await page.locator('#user-name').press('Enter');
      await page.locator('.footer').waitFor();
      await page.locator('.header nav a').last().click();
      await page.locator('.error-page button').waitFor();
      expect(await text(page, '.error-page')).to.match(/did not load\..*did not help/);
      expect(await page.locator('.header nav a').count()).to.be.at.least(2);
      await expectAccessible(page);
      await page.evaluate('sessionStorage.clear()');
      await page.locator('.header nav a').first().click();
      await context.setOffline(true);
      await page.locator('.header nav a').last().click();
      await page.locator('.error-page', { hasText: 'You are offline.' }).waitFor();
      lost.isGone = false;
      await context.setOffline(false);
      await page.locator('.filters').waitFor();
    });

    it('has every view at hand before it is asked for', async () => {
      const { page, context } = await site().visit();
      const loaded = ['create', 'goal', 'run', 'history'].map((name) =>
        page.waitForResponse(new RegExp(`/assets/${name}-[^/]*\\.js$`)),
      );
      await page.reload();
      await page.locator('#user-name').fill('somebody');
      await page.locator('#user-name').press('Enter');
      await Promise.all(loaded);
      await context.setOffline(true);
      await page.locator('.empty a').click();
      await page.locator('#title').waitFor();
    });

    it('says something in both languages when not even its words arrive', async () => {
      const { page } = await site().visit();
      const lost = await loseFiles(page, '**/assets/en-*.js');
      await page.reload();
      await page.locator('.empty button').waitFor();
      expect(await text(page, '.empty')).to.match(/did not load.*読み込めませんでした/);
      lost.isGone = false;
      await page.locator('.empty button').click();
      await page.locator('.sign-in').waitFor();
    });
  });
}
