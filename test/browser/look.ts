import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { paths } from '../../web/src/paths.ts';
import {
  BATCH_SIZE,
  cellsIn,
  chooseCell,
  DESKTOP,
  expectAccessible,
  expectNoOverflow,
  expectReadable,
  go,
  openPaste,
  PHONE,
  type Site,
  untilEnded,
} from './support.ts';

/** As a spreadsheet copies it: two actions for each of 8 sub-goals. The AI refuses the first. */
const TABLE = Array.from({ length: 8 }, (_, block) =>
  [`Sub-goal ${block + 1}`, `歩く ${block} [ai:denied]`, `${'x'.repeat(120)} ${block}`, ...Array(6)].join('\t'),
).join('\n');

/** Styles follow with the next frame. */
const NEXT_FRAME = 'new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))';

export async function speak(page: Page, language: 'en' | 'ja'): Promise<void> {
  // By script, since a dialog makes the rest of the page inert.
  await page.locator(`.language button[lang=${language}]`).evaluate((button) => button.click());
  await page.locator(`html[lang=${language}]`).waitFor();
  await expectNoOverflow(page);
}

/** The narrowest phone, and the desktop at 200 %. */
const NARROW = [
  { width: 320, height: 640 },
  { width: DESKTOP.width / 2, height: DESKTOP.height / 2 },
];

async function showOn(page: Page, viewport: typeof PHONE): Promise<void> {
  for (const narrow of NARROW) {
    await page.setViewportSize(narrow);
    await page.evaluate(NEXT_FRAME);
    await expectNoOverflow(page);
  }
  await page.setViewportSize(viewport);
  const colorScheme = viewport === PHONE ? 'light' : 'dark';
  await page.emulateMedia({ colorScheme });
  await page.evaluate(NEXT_FRAME);
  await expectNoOverflow(page);
}

/**
 * Looks at a state as two people see it: in English on a phone, light, and in Japanese on a desktop, dark. It begins as the
 * page is, and leaves it as the other one sees it.
 */
export async function inspect(page: Page): Promise<void> {
  await expectNoOverflow(page);
  await expectReadable(page);
  await expectAccessible(page);
  if ((await page.locator('html').getAttribute('lang')) === 'en') {
    await speak(page, 'ja');
    await showOn(page, DESKTOP);
  } else {
    await showOn(page, PHONE);
    await speak(page, 'en');
  }
  await expectReadable(page);
  await expectAccessible(page);
}

async function inspectUntilCreated(page: Page): Promise<void> {
  await page.locator('.empty').waitFor();
  await inspect(page);
  await page.locator('.empty a').click();
  await page.locator('.submit-bar button[type=submit]').click();
  await page.locator('#problems').waitFor();
  await inspect(page);
  await openPaste(page);
  await page.locator('#paste-text').fill(TABLE);
  await inspect(page);
  await page.locator('dialog .button-primary').click();
  await page.locator('#title').fill('A goal whose title is long enough to need more than one line on any phone');
  await page.locator('.submit-bar button[type=submit]').click();
  await page.locator('.next-step').waitFor();
  await inspect(page);
}

async function inspectRun(page: Page, site: Site): Promise<void> {
  await page.locator('.next-step .button-primary').click();
  await page.locator('dialog .facts').waitFor();
  await inspect(page);
  const goOn = site.holdRuns();
  await page.locator('dialog .button-primary').click();
  // Half of the first batch is refused. When all of it is done, no colour changes any more.
  for (const phase of ['saved', 'failed']) {
    await cellsIn(page, phase)
      .nth(BATCH_SIZE / 2 - 1)
      .waitFor({ state: 'attached' });
  }
  await inspect(page);
  await page.locator('.progress-card .button').click();
  await inspect(page);
  await page.keyboard.press('Escape');
  goOn();
  await untilEnded(page);
  await page.locator('.timeline-chart').first().waitFor();
  await page.locator('.timeline-action summary').first().click();
  await page.locator('.timeline-details > summary').click();
  await page.locator('.timeline-table summary').first().click();
  await chooseCell(page, 'failed');
  await inspect(page);
  await page.locator('.panel-head button').click();
  await page.locator('.failed-titles button').first().click();
  await inspect(page);
  await page.keyboard.press('Escape');
}

export function describeLook(site: () => Site): void {
  describe('how the page looks', () => {
    it('is accessible and not too wide in every state, in the language of the browser and in the one that is chosen', async () => {
      const visitor = await site().visit({ colorScheme: 'dark', locale: 'ja-JP' });
      const { page, user } = visitor;
      await page.locator('.sign-in').waitFor();
      expect(await page.locator('html').getAttribute('lang')).to.equal('ja');
      expect(await page.locator('.sign-in h2').textContent()).to.equal('ユーザーを選択');
      await inspect(page);
      await page.reload();
      await page.locator('.sign-in h2', { hasText: 'Continue as' }).waitFor();
      await page.locator('#user-name').fill(user);
      await page.locator('#user-name').press('Enter');
      await inspectUntilCreated(page);
      await inspectRun(page, site());
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
      await go(page, paths.goal('no-such-goal'));
      await page.locator('.error-page').waitFor();
      await inspect(page);
      await go(page, '/no/such/page');
      await page.locator('.empty:not(.error-page)').waitFor();
      await inspect(page);
      expect(visitor.defects).to.deep.equal([]);
    });

    it('says so and offers to try again when the API answers something else than it promises', async () => {
      const { page, defects } = await site().signIn();
      for (const body of ['{"items":[null],"nextCursor":null}', '<html></html>']) {
        await page.route('**/api/goals?*', (route) => route.fulfill({ body }));
        await page.reload();
        await page.locator('.error-page').waitFor();
        await expectAccessible(page);
        await page.unroute('**/api/goals?*');
        await page.locator('.error-page .button-primary').click();
        await page.locator('.empty:not(.error-page)').waitFor();
      }
      expect(defects).to.deep.equal([]);
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
