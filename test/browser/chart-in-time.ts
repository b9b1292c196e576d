import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { paths } from '../../web/src/paths.ts';
import { createChart, openFinished, shownCells } from './chart.ts';
import { cellsIn, DESKTOP, go, PHONE, type Site, untilEnded, untilTrue } from './support.ts';

/** Counts the cells that rejoice, and is what browsers have for notifications: to be used after asking, which the page does when told. */
const STAND_INS = `globalThis.joys = 0;
addEventListener('animationstart', ({ animationName }) => { if (animationName === 'rejoice') joys += 1; });
globalThis.asked = 0; globalThis.notices = [];
globalThis.Notification = class {
  static permission = 'default';
  static async requestPermission() { asked += 1; return (Notification.permission = 'granted'); }
  constructor(title, options) { notices.push({ title, ...options, click: () => this.onclick() }); }
  close() {}
}`;

/** Lets what has changed be shown, and begin to move. */
const FRAMES =
  'new Promise((resolve) => { let left = 5; const next = () => (left-- ? requestAnimationFrame(next) : resolve()); next(); })';

/** Hides the tab as a browser does, and lets so much time pass that a hidden tab asks again. */
const HIDE = `Object.defineProperty(document, 'hidden', { value: true, configurable: true });
document.dispatchEvent(new Event('visibilitychange'))`;
const LATER = `(() => { const now = Date.now; Date.now = () => now() + 60_000; dispatchEvent(new Event('online')); })()`;

/** What moved without a person's doing since the page was loaded: how much of the window, and which elements. */
const LAYOUT_SHIFTS = `new Promise((resolve) => {
  const told = (entries) => resolve(entries.filter(({ hadRecentInput }) => !hadRecentInput).map(({ value, sources }) =>
    ({ value, moved: sources.map(({ node, previousRect, currentRect }) => [node?.className, previousRect.y, currentRect.y].join(' ')) })));
  const observer = new PerformanceObserver((list) => told(list.getEntries()));
  observer.observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => told(observer.takeRecords()), 200);
})`;

/** Fails with more than 0.05 in all; what the web calls "cumulative layout shift" is at most that. */
async function expectStill(page: Page): Promise<void> {
  const shifts: { value: number }[] = await page.evaluate(LAYOUT_SHIFTS);
  const sum = shifts.reduce((all, { value }) => all + value, 0);
  expect(sum, `${page.url()} ${JSON.stringify(shifts)}`).to.be.below(0.05);
}

const pagesOf = (pdf: Buffer): string[] =>
  pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)[\s\S]*?\/MediaBox\s*\[[^\]]*\]/g) ?? [];

export function describeChartInTime(site: () => Site): void {
  describe('the chart in the browser, as time goes on and on paper', () => {
    it('says in the tab how far a run is, rejoices and notifies when it ends, if the person sees it, wants it and is elsewhere', async () => {
      const { page, person, defects } = await site().signIn();
      await page.emulateMedia({ reducedMotion: 'no-preference' });
      const user = await person();
      const goalId = await createChart(user, 2);
      const goOn = site().holdRuns();
      const { body } = await user.start(goalId);
      await page.evaluate(STAND_INS);
      await go(page, paths.run(body.executionArn));
      await untilTrue(page, '/^[1-9]\\d*% · /.test(document.title)');
      expect(await page.evaluate('asked')).to.equal(0);
      await page.locator('.notice-offer button').click();
      await page.locator('.notice-offer', { hasText: 'You will be notified' }).waitFor();
      await page.evaluate(HIDE);
      goOn();
      await user.waitForEnd(body.executionArn);
      await page.evaluate(LATER);
      await untilEnded(page);
      expect(await page.title()).to.match(/^Run: Walk around/);
      await untilTrue(page, 'joys === 16');
      const notices = 'JSON.stringify(notices.map(({ title, body }) => `${title}. ${body}`))';
      expect(await page.evaluate(notices)).to.match(
        /^\["Almost everything worked\. Walk around all lakes: 15 of 16 actions ready, \d+ tasks added\."\]$/,
      );
      await go(page, paths.goals);
      await page.locator('.goal-card').waitFor();
      await page.evaluate('notices[0].click()');
      await page.locator('.result-card').waitFor();
      expect(page.url()).to.include(paths.run(body.executionArn));
      await page.evaluate(FRAMES);
      expect(await page.evaluate('joys'), 'only at the end itself').to.equal(16);

      await page.evaluate(
        `Reflect.deleteProperty(document, 'hidden'); document.dispatchEvent(new Event('visibilitychange'))`,
      );
      const goOnAgain = site().holdRuns();
      const second = await user.start(await createChart(user, 2));
      await go(page, paths.run(second.body.executionArn));
      await page.locator('.progress-card').waitFor();
      goOnAgain();
      await untilEnded(page);
      expect(await page.evaluate('notices.length'), 'who looks on needs no notification').to.equal(1);
      expect(defects).to.deep.equal([]);
    });

    it('prints on one page, from the dark too, and then the tasks by sub-goal', async () => {
      const visitor = await site().signIn();
      const { page } = visitor;
      const { goal, run } = await openFinished(visitor, 2);
      for (const address of [goal, run]) {
        await go(page, address);
        await page.locator(address === goal ? '.next-step' : '.result-card').waitFor();
        const pdf = pagesOf(await page.pdf({ preferCSSPageSize: true }));
        expect(pdf.length).to.be.greaterThan(1);
        for (const each of pdf) expect(each.slice(-60)).to.match(/MediaBox\s*\[0 0 84\d(\.\d+)? 59\d(\.\d+)?\]/);
        // As wide as the paper between its margins.
        await page.setViewportSize({ width: 1047, height: 718 });
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        await page.locator('.printed section').first().waitFor();
        expect(await page.locator('.printed h2').allTextContents()).to.deep.equal(
          Array.from({ length: 8 }, (_, block) => `Endurance ${block + 1}`),
        );
        expect(
          await page.evaluate('document.querySelector(".chart-area").getBoundingClientRect().bottom'),
        ).to.be.at.most(718);
        expect(await shownCells(page).count()).to.equal(81);
        expect(await page.locator('nav, .button, .footer').locator('visible=true').count()).to.equal(0);
        const ink = 'getComputedStyle(document.querySelector(".printed")).color';
        expect(await page.evaluate(ink)).to.equal('rgb(34, 38, 42)');
        await page.emulateMedia({ media: null, colorScheme: 'light' });
        await page.setViewportSize(DESKTOP);
      }
      const user = await visitor.person();
      await go(page, paths.goal(await createChart(user, 1)));
      await page.locator('.next-step .button-primary').waitFor();
      expect(pagesOf(await page.pdf({ preferCSSPageSize: true }))).to.have.length(1);
    });

    it('moves nothing by itself, on a phone and on a desktop, while a run goes on and when it ends', async () => {
      const { page, person } = await site().signIn();
      const user = await person();
      for (const viewport of [PHONE, DESKTOP]) {
        await page.setViewportSize(viewport);
        const goalId = await createChart(user, 2);
        await page.goto(site().url + paths.goal(goalId));
        await page.locator('.chart-area').waitFor();
        await expectStill(page);
        const goOn = site().holdRuns();
        const { body } = await user.start(goalId);
        await page.goto(site().url + paths.run(body.executionArn));
        await cellsIn(page, 'saved').first().waitFor({ state: 'attached' });
        goOn();
        await untilEnded(page);
        await page.locator('.timeline .loading').waitFor({ state: 'detached' });
        await expectStill(page);
        const others = {
          [paths.goals]: '.goal-card',
          [paths.create]: '#title',
          [paths.editGoal(goalId)]: '#title',
          [paths.today]: '.task',
          [paths.history]: '.run',
        };
        for (const [address, shown] of Object.entries(others)) {
          await page.goto(site().url + address);
          await page.locator(shown).first().waitFor();
          await expectStill(page);
        }
      }
    });
  });
}
