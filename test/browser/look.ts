import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import {
  BATCH_SIZE,
  cellsIn,
  createGoal,
  DESKTOP,
  expectAccessible,
  expectNoOverflow,
  PHONE,
  type Site,
  setAi,
  start,
  table,
  untilEnded,
} from './support.ts';

const LOOKS = [
  { name: 'light, in English', viewport: PHONE, colorScheme: 'light', locale: 'en-US' },
  { name: 'dark, in Japanese', viewport: DESKTOP, colorScheme: 'dark', locale: 'ja-JP' },
] as const;

/** Looks for what is too wide on a phone and on a desktop, and for what is not accessible on the one that it is shown on. */
async function inspect(page: Page): Promise<void> {
  const shown = page.viewportSize() ?? DESKTOP;
  await page.setViewportSize(shown.width === PHONE.width ? DESKTOP : PHONE);
  await expectNoOverflow(page);
  await page.setViewportSize(shown);
  await expectNoOverflow(page);
  await expectAccessible(page);
}

export function describeLook(site: () => Site): void {
  describe('how the page looks', () => {
    beforeEach(() => {
      setAi(site(), { latencyMs: '50' });
    });

    for (const { name, ...look } of LOOKS) {
      it(`is accessible and not too wide in every state, ${name}`, async () => {
        const visitor = await site().visit(look);
        const { page, user } = visitor;
        await page.locator('.sign-in').waitFor();
        await inspect(page);
        await page.locator('#user-name').fill(user);
        await page.locator('#user-name').press('Enter');
        await page.locator('.empty').waitFor();
        await inspect(page);
        await page.locator('.empty a').click();
        await page.locator('.submit-bar button[type=submit]').click();
        await page.locator('#problems').waitFor();
        await inspect(page);
        await page.locator('.section-head .button').first().click();
        await page.locator('#paste-text').fill('a\tb\nc\td');
        await inspect(page);
        await page.keyboard.press('Escape');
        const titleOf = (block: number, index: number) =>
          [`歩く ${block} [ai:denied]`, `${'x'.repeat(120)} ${block}`][index] ?? '';
        await createGoal(
          page,
          'A goal whose title is long enough to need more than one line on any phone',
          table(titleOf),
        );
        await inspect(page);
        await page.locator('.next-step .button-primary').click();
        await page.locator('dialog .facts').waitFor();
        await inspect(page);
        await page.keyboard.press('Escape');
        const goOn = site().holdRuns();
        await start(page);
        // Half of the first batch is refused. When all of it is done, no colour changes any more.
        await cellsIn(page, 'saved')
          .nth(BATCH_SIZE / 2 - 1)
          .waitFor();
        await cellsIn(page, 'failed')
          .nth(BATCH_SIZE / 2 - 1)
          .waitFor();
        await inspect(page);
        await page.locator('.progress-card .button').click();
        await inspect(page);
        await page.keyboard.press('Escape');
        goOn();
        await untilEnded(page);
        await page.locator('.timeline-chart').waitFor();
        await page.locator('.timeline-table summary').first().click();
        await page.locator('button.cell[data-phase="failed"]').first().click();
        await inspect(page);
        await page.locator('.failed-titles button').first().click();
        await inspect(page);
        await page.keyboard.press('Escape');
        await page.locator('.crumbs a').click();
        await page.locator('.action details').first().waitFor();
        await page.locator('.goal-actions .button-quiet').first().click();
        await inspect(page);
        await page.locator('.header nav a').last().click();
        await page.locator('.run').first().waitFor();
        await inspect(page);
        await page.locator('.brand').click();
        await page.locator('.goal-card').first().waitFor();
        await inspect(page);
        await page.goto(`${site().url}/goals/no-such-goal`);
        await page.locator('.error-page').waitFor();
        await inspect(page);
        await page.goto(`${site().url}/no/such/page`);
        await page.locator('.empty').waitFor();
        await inspect(page);
        expect(visitor.defects).to.deep.equal([]);
      });
    }

    it('speaks the language of the browser, and the one that was chosen after that', async () => {
      const { page } = await site().visit({ locale: 'ja-JP' });
      await page.locator('.sign-in').waitFor();
      expect(await page.locator('html').getAttribute('lang')).to.equal('ja');
      expect(await page.locator('.sign-in h2').textContent()).to.equal('利用者を選ぶ');
      await page.locator('.language button').first().click();
      await page.locator('.sign-in h2', { hasText: 'Continue as' }).waitFor();
      await page.reload();
      await page.locator('.sign-in h2', { hasText: 'Continue as' }).waitFor();
      expect(await page.locator('html').getAttribute('lang')).to.equal('en');
    });

    for (const body of ['{"items":[null],"nextCursor":null}', '<html></html>']) {
      it(`says so and offers to try again when the API answers ${body}`, async () => {
        const { page, defects } = await site().signIn();
        await page.route('**/api/goals?*', (route) => route.fulfill({ body }));
        await page.reload();
        await page.locator('.error-page').waitFor();
        await inspect(page);
        await page.unroute('**/api/goals?*');
        await page.locator('.error-page .button-primary').click();
        await page.locator('.empty:not(.error-page)').waitFor();
        expect(defects).to.deep.equal([]);
      });
    }

    it('has a skip link that leads to the content', async () => {
      const { page } = await site().signIn();
      await page.reload();
      await page.locator('.empty').waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.className')).to.equal('skip-link');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).to.equal('content');
    });

    it('loads at most 100 KB of compressed JavaScript first, and forbids inline scripts and styles', async () => {
      const { page } = await site().visit();
      // What the first visit still loads would be counted with the second.
      await page.locator('.sign-in').waitFor();
      const scripts: Promise<number>[] = [];
      page.on('response', (response) => {
        if (response.url().endsWith('.js')) scripts.push(response.body().then((body) => gzipSync(body).length));
      });
      const answer = await page.reload();
      await page.locator('.sign-in').waitFor();
      const sizes = await Promise.all(scripts);
      expect(sizes.length).to.be.greaterThan(0);
      expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.at.most(100 * 1024);
      const policy = answer?.headers()['content-security-policy'] ?? '';
      expect(policy).to.match(/default-src 'none'/);
      expect(policy).not.to.match(/unsafe/);
    });
  });
}
