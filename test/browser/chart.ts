import { bodyOf } from '@goal-activity/client/client.ts';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { paths } from '../../web/src/paths.ts';
import type { User } from '../support/stack/stack.ts';
import {
  BATCH_SIZE,
  cellsIn,
  chooseCell,
  createGoal,
  DESKTOP,
  expectAccessible,
  expectNoOverflow,
  expectReadable,
  go,
  intercept,
  PHONE,
  type Site,
  untilTrue,
  type Visitor,
} from './support.ts';

/** Creates a goal with eight sub-goals of some actions each; the AI refuses the last action of the first. */
export async function createChart({ api }: User, actionsEach: number): Promise<string> {
  const actions = Array.from({ length: 8 * actionsEach }, (_, index) => {
    const [block, place] = [Math.floor(index / actionsEach), index % actionsEach];
    const isRefused = index === actionsEach - 1;
    return {
      title: `Walk ${place + 1} more kilometres around lake ${block + 1}${isRefused ? ' [ai:denied]' : ''}`,
      type: 'execution' as const,
      subGoal: `Endurance ${block + 1}`,
    };
  });
  return (await bodyOf(api.POST('/api/goals', { body: { title: 'Walk around all lakes', actions } }))).goalId;
}

/** Opens the page of a goal that has tasks, apart from its refused action. @returns the address of its run */
export async function openFinished({ page, person }: Visitor, actionsEach: number) {
  const user = await person();
  const goalId = await createChart(user, actionsEach);
  const { body } = await user.start(goalId);
  await user.waitForEnd(body.executionArn);
  await go(page, paths.goal(goalId));
  await cellsIn(page, 'failed').first().waitFor({ state: 'attached' });
  return { goal: paths.goal(goalId), run: paths.run(body.executionArn) };
}

/** Text of the cell that has the focus. */
const focusedText = (page: Page): Promise<string> => page.evaluate('document.activeElement.textContent');

/** The cells that can be seen, in reading order. */
export const shownCells = (page: Page) => page.locator('.cell').locator('visible=true');

const INTO_VIEW = `document.querySelector('.mandala').scrollIntoView({ block: 'start', behavior: 'instant' })`;
/** Whether all cells are in the window at once, and how large the smallest is. */
const FIT = `(() => {
  const boxes = [...document.querySelectorAll('.cell')].map((cell) => cell.getBoundingClientRect());
  return {
    cells: boxes.length,
    isWhole: boxes.every(({ left, right, top, bottom }) => left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight),
    width: Math.min(...boxes.map(({ width }) => width)),
    height: Math.min(...boxes.map(({ height }) => height)),
  };
})()`;

/** A finger that goes sideways across the chart. */
async function swipe(page: Page, by: number): Promise<void> {
  const box = await page.locator('.block[data-shown]').boundingBox();
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 20];
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints });
  await touch('touchStart', { x, y });
  await touch('touchMove', { x: x + by / 2, y });
  await touch('touchMove', { x: x + by, y });
  await touch('touchEnd');
  await session.detach();
}

/** How much is open that the back button closes. Closing in another way leaves nothing behind in the history, soon after. */
const OPEN = 'history.state?.["goal-activity.open"]?.length ?? 0';

/** Closes the sheet that a cell has opened, in each of the ways, and finds the focus on the cell again. */
async function expectSheet(page: Page): Promise<void> {
  const sheet = page.locator('dialog.panel');
  const [address, open] = [page.url(), await page.evaluate(OPEN)];
  const ways = [
    () => page.keyboard.press('Escape'),
    () => page.goBack(),
    () => page.mouse.click(PHONE.width / 2, 10),
    () => sheet.locator('.panel-head button').click(),
  ];
  for (const close of ways) {
    await cellsIn(page, 'failed').locator('visible=true').first().click();
    await sheet.waitFor();
    expect(await focusedText(page)).to.match(/^Walk .*denied/);
    await close();
    await sheet.waitFor({ state: 'detached' });
    await untilTrue(page, `(${OPEN}) === ${open}`);
    expect(page.url()).to.equal(address);
    expect(await page.evaluate('document.activeElement.dataset.phase')).to.equal('failed');
  }
}

export function describeChart(site: () => Site): void {
  describe('the chart in the browser', () => {
    it('is on a phone its sub-goals with what is ready, then one block at a time, by tap, swipe, arrow and key', async () => {
      const visitor = await site().signIn();
      const { page } = visitor;
      await page.setViewportSize(PHONE);
      const { goal } = await openFinished(visitor, 2);
      const tiles = page.locator('button.cell-subGoal').locator('visible=true');
      expect(await shownCells(page).count()).to.equal(9);
      expect(await tiles.first().getAttribute('aria-label')).to.equal('Endurance 1, 1 of 2 actions');
      expect(await tiles.locator('.cell-count').first().getAttribute('data-count')).to.equal('1/2');
      await tiles.nth(4).click();
      const bar = page.locator('.block-bar');
      expect(await bar.locator('[role=status]').textContent()).to.equal('5 of 8');
      expect(await shownCells(page).count()).to.equal(9);
      expect(await shownCells(page).nth(4).textContent()).to.equal('Endurance 5');
      expect(await focusedText(page)).to.include('around lake 5');
      await expectReadable(page);
      for (const [turn, block] of [
        [() => swipe(page, -120), 6],
        [() => swipe(page, 120), 5],
        [() => bar.locator('button').last().click(), 6],
        [() => page.locator('.block[data-shown] button').last().press('ArrowRight'), 7],
        [() => page.keyboard.press('ArrowLeft'), 6],
      ] as const) {
        await turn();
        await bar.locator('[role=status]', { hasText: `${block} of 8` }).waitFor();
      }
      await page.goBack();
      await bar.waitFor({ state: 'detached' });
      expect(page.url()).to.contain(goal);
      expect(await focusedText(page), 'the focus is on the block that was left').to.include('Endurance 6');
      await page.keyboard.press('Enter');
      await bar.locator('button').first().click();
      expect(await focusedText(page)).to.include('Endurance 6');
      await untilTrue(page, `(${OPEN}) === 0`);
      await page.setViewportSize({ width: 320, height: 480 });
      await expectNoOverflow(page);
      await expectReadable(page);
      await page.setViewportSize(DESKTOP);
    });

    it('fits a window of a desktop as a whole, with readable cells, that fill as tasks are done', async () => {
      const visitor = await site().signIn();
      const { page } = visitor;
      await intercept(page, /goals\/[^/]+\/tasks$/, async (route) => {
        const response = await route.fetch();
        const { tasks } = await response.json();
        const isFirst = (task: { actionId: string }) => task.actionId === tasks[0].actionId;
        const marked = tasks.map((task: { actionId: string }, index: number) => ({
          ...task,
          status: isFirst(task) || index % 2 === 0 ? 'done' : 'not_started',
        }));
        await route.fulfill({ response, json: { tasks: marked } });
      });
      await openFinished(visitor, BATCH_SIZE);
      for (const viewport of [DESKTOP, { width: 1280, height: 720 }, { width: 1920, height: 1080 }]) {
        await page.setViewportSize(viewport);
        await page.evaluate(INTO_VIEW);
        const fit: { cells: number; isWhole: boolean; width: number; height: number } = await page.evaluate(FIT);
        expect(fit, JSON.stringify(viewport)).to.include({ cells: 81, isWhole: true });
        expect(fit.width, JSON.stringify(fit)).to.be.at.least(80);
        expect(fit.height, JSON.stringify(fit)).to.be.at.least(60);
        await expectReadable(page);
      }
      await page.setViewportSize(DESKTOP);
      expect(await page.locator('.cell[data-done]').count()).to.be.at.least(1);
      const half = page.locator('.cell:has(.cell-count)').first();
      const [, done, total] = /(\d+) of (\d+) tasks done/.exec((await half.getAttribute('aria-label')) ?? '') ?? [];
      const share = Number(done) / Number(total);
      expect(share).to.be.within(0.01, 0.99);
      const width = async (selector: string) => (await half.locator(selector).boundingBox())?.width ?? 0;
      const cell = (await half.boundingBox())?.width ?? 0;
      expect((await width('.cell-share')) / cell).to.be.closeTo(share, 0.05);
    });

    it('opens an action beside it, or as a sheet on a phone, with state, attempts, reason and what can be done, on goal and run', async () => {
      const visitor = await site().signIn();
      const { page, defects } = visitor;
      const { goal, run } = await openFinished(visitor, 2);
      const panel = page.locator('.panel');
      for (const address of [goal, run]) {
        await go(page, address);
        await page.locator(address === goal ? '.next-step' : '.result-card').waitFor();
        await chooseCell(page, 'failed');
        await panel.locator('.panel-facts', { hasText: '1 attempt' }).waitFor();
        const words = /Walk 2 .*Endurance 1Once1 attempt Failed.*AI access is not set up\..*EditRetry 1 action/;
        expect(((await panel.textContent()) ?? '').replace(/attempt\s*Failed/, 'attempt Failed')).to.match(words);
        expect(await page.evaluate('document.activeElement.dataset.phase'), 'arrows go on from the cell').to.equal(
          'failed',
        );
        await expectAccessible(page);
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await panel.locator('.task').first().waitFor();
        expect(await panel.locator('h2').textContent()).not.to.include('denied');
        await page.keyboard.press('Tab');
        expect(await page.evaluate('document.activeElement.closest(".panel") !== null'), 'Tab leads into it').to.equal(
          true,
        );
        await page.keyboard.press('Escape');
        await panel.waitFor({ state: 'detached' });
        expect(await page.evaluate('document.activeElement.classList.contains("cell")')).to.equal(true);
      }
      await page.setViewportSize(PHONE);
      // The block of the action that was chosen last is in view.
      await page.locator('.block-bar button').first().click();
      await page.locator('.block[data-shown] button').first().click();
      await expectSheet(page);
      await page.setViewportSize(DESKTOP);
      await cellsIn(page, 'failed').click();
      await panel.locator('.button-primary').click();
      expect(await page.locator('dialog h2').textContent()).to.include('1 action');
      expect(defects).to.deep.equal([]);
    });

    it('is compact for a small goal', async () => {
      const { page, person } = await site().signIn();
      await go(page, paths.goal(await createGoal(await person(), 'Less is more', ['Sell', 'Give away', 'Keep'])));
      await page.locator('.mandala-compact').waitFor();
      expect(await page.locator('.cell').allTextContents()).to.deep.equal([
        'Less is more',
        'Sell',
        'Give away',
        'Keep',
      ]);
      await page.setViewportSize(PHONE);
      expect(await shownCells(page).count(), 'no overview is needed').to.equal(4);
      await page.locator('button.cell').first().focus();
      await page.keyboard.press('ArrowRight');
      expect(await focusedText(page)).to.equal('Give away');
      await page.setViewportSize(DESKTOP);
    });
  });
}
