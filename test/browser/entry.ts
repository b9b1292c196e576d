import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { paths } from '../../web/src/paths.ts';
import { DESKTOP, expectAccessible, expectNoOverflow, go, openPaste, PHONE, type Site } from './support.ts';

const textIn = (page: Page, id: string) => page.locator(`#${id}`).inputValue();
const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.id');

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Goes down a column in a window that is too low for the chart. */
async function expectCellsInView(page: Page): Promise<void> {
  await page.setViewportSize({ ...DESKTOP, height: 600 });
  await press(page, 'Control+Home');
  for (let row = 0; row < 9; row += 1) {
    const covered: number = await page.evaluate(
      `document.activeElement.getBoundingClientRect().bottom - document.querySelector('.entry-bar').getBoundingClientRect().top`,
    );
    expect(covered, `pixels of the cell in row ${row} that are covered`).to.be.at.most(0);
    await press(page, 'ArrowDown');
  }
  await page.setViewportSize(DESKTOP);
}

async function openChart(page: Page): Promise<void> {
  await go(page, paths.create);
  await page.locator('.entry-grid').waitFor();
}

/** Pastes what a spreadsheet would, where the focus is. */
const paste = (page: Page, text: string) =>
  page.evaluate(`{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', ${JSON.stringify(text)});
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);

export function describeEntry(site: () => Site): void {
  describe('writing in the chart', () => {
    it('replaces by typing, edits by Enter, restores by Escape, and goes on from the sub-goals to their actions', async () => {
      const { page, defects } = await site().signIn();
      await openChart(page);
      expect(await page.locator('.entry-text').allTextContents()).to.include.members(['Sub-goal 3', 'Action 2']);
      await page.locator('#sub-goal-0-around').click();
      await page.keyboard.type('Bodi');
      expect(await textIn(page, 'sub-goal-0'), 'the name is in its own block at once').to.equal('Bodi');
      await press(page, 'F2', 'ArrowLeft', 'Delete');
      await page.keyboard.type('y');
      await press(page, 'Enter');
      expect(await focused(page)).to.equal('sub-goal-1-around');
      expect(await textIn(page, 'sub-goal-0')).to.equal('Body');
      await page.keyboard.type('Mind');
      await press(page, 'ArrowLeft');
      expect(await focused(page), 'an arrow key ends what was typed').to.equal('sub-goal-0-around');
      await page.keyboard.type('Other');
      await press(page, 'Escape');
      expect(await textIn(page, 'sub-goal-0')).to.equal('Body');
      await press(page, 'Enter', 'End');
      await page.keyboard.type(' first');
      await press(page, 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab');
      expect(await focused(page), 'the actions follow the eighth sub-goal').to.equal('action-0-0');
      expect(await textIn(page, 'sub-goal-0-around')).to.equal('Body first');
      await press(page, 'Shift+Tab');
      expect(await focused(page)).to.equal('sub-goal-7-around');
      await press(page, 'Home');
      expect(await focused(page)).to.equal('action-3-5');
      await press(page, 'Control+End');
      expect(await focused(page)).to.equal('action-7-7');
      await expectCellsInView(page);
      await press(page, 'Control+Home', 'ArrowRight', 'ArrowDown');
      expect(await focused(page)).to.equal('sub-goal-0');
      await press(page, 'Escape', 'Tab');
      expect(await page.locator('.entry-grid :focus').count(), 'Escape and Tab lead out of the chart').to.equal(0);
      expect(defects).to.deep.equal([]);
    });

    it('takes back and does again what was typed, cleared and chosen, a cell at a time', async () => {
      const { page } = await site().signIn();
      await openChart(page);
      await page.locator('#action-0-0').click();
      await page.keyboard.type('Ran');
      await press(page, 'Enter', 'ArrowLeft');
      await page.keyboard.type('Run');
      await press(page, 'Enter');
      await page.keyboard.type('Swim');
      await press(page, 'Enter', 'ArrowLeft', 'Alt+h', 'Delete');
      const shown = async () => [
        await textIn(page, 'action-0-0'),
        await textIn(page, 'action-0-1'),
        await page.locator('.entry-cell .icon-habit').count(),
      ];
      const states = [await shown()];
      for (const key of ['z', 'z', 'z', 'z', 'z', 'y', 'Shift+z', 'y', 'y', 'y']) {
        await press(page, `Control+${key}`);
        states.push(await shown());
      }
      const done = [
        ['', '', 0],
        ['Ran', '', 0],
        ['Run', '', 0],
        ['Run', 'Swim', 0],
        ['Run', 'Swim', 1],
        ['Run', '', 1],
      ];
      expect(states).to.deep.equal([...done.toReversed(), ...done.slice(1)]);
      expect(await focused(page), 'where the last change was').to.equal('action-0-1');
      await page.locator('#action-0-0').click();
      await press(page, 'Shift+F2');
      await page.keyboard.type('In the park');
      await press(page, 'Escape');
      expect(await focused(page)).to.equal('action-0-0');
      await press(page, 'Control+z', 'Shift+F2');
      expect(await textIn(page, 'cell-description')).to.equal('');
    });

    it('leaves Enter to the input method while Japanese is being composed', async () => {
      const { page, context } = await site().signIn();
      await openChart(page);
      await page.locator('#action-0-0').click();
      await page.keyboard.type('old');
      await press(page, 'Enter', 'ArrowLeft');
      const client = await context.newCDPSession(page);
      await client.send('Input.imeSetComposition', { text: 'はし', selectionStart: 2, selectionEnd: 2 });
      const key = { type: 'rawKeyDown', key: 'Enter', windowsVirtualKeyCode: 229 } as const;
      await client.send('Input.dispatchKeyEvent', key);
      expect([await focused(page), await textIn(page, 'action-0-0')]).to.deep.equal(['action-0-0', 'はし']);
      await client.send('Input.insertText', { text: '走る' });
      await client.detach();
      expect([await focused(page), await textIn(page, 'action-0-0')]).to.deep.equal(['action-0-0', '走る']);
      await press(page, 'Enter');
      expect(await focused(page)).to.equal('action-0-1');
      expect(await textIn(page, 'action-0-0')).to.equal('走る');
    });

    it('takes a list as CSV, and says before what it understood and what it leaves out', async () => {
      const { page } = await site().signIn();
      await openChart(page);
      await page.locator('#action-0-0').click();
      await page.keyboard.type('Mine');
      await openPaste(page);
      const rows = Array.from({ length: 66 }, (_, index) => `Body,"Walk ${index}, slowly",habit,,me`);
      await page.locator('#paste-text').fill(['Sub-goal,Action,Type,Description,Owner', ...rows].join('\r\n'));
      const result = await page.locator('.paste-result').textContent();
      expect(result).to.include('A list of actions: 64 actions in 8 sub-goals');
      expect(result).to.include('2 entries do not fit').and.to.include('Walk 64, slowly · Walk 65, slowly');
      expect(result).to.include('This column is not used: Owner').and.to.include('This replaces');
      await expectAccessible(page);
      await page.locator('dialog .button-primary').click();
      expect(await textIn(page, 'action-7-7')).to.equal('Walk 63, slowly');
      expect(await page.locator('.entry-cell .icon-habit').count()).to.equal(64);
      await page.locator('.icon-undo').click();
      expect(await textIn(page, 'action-0-0')).to.equal('Mine');
      await page.locator('#action-0-1').click();
      await paste(page, 'one\ntwo');
      expect([await textIn(page, 'action-0-1'), await textIn(page, 'action-0-2')]).to.deep.equal(['one', 'two']);
      await paste(page, 'a\tb\tc');
      expect(await page.locator('.paste-result').textContent()).to.include('3 actions');
    });

    it('offers templates in the language of the page, and asks before one replaces what is written', async () => {
      const { page } = await site().signIn();
      await openChart(page);
      const open = () => page.locator('.create .icon-chart').click();
      await open();
      expect(await page.locator('dialog .warning-text').count()).to.equal(0);
      await page.keyboard.press('Escape');
      await page.locator('#action-0-0').click();
      await page.keyboard.type('Mine');
      await open();
      await page.locator('.filling-goal', { hasText: 'marathon' }).waitFor();
      expect(await page.evaluate('document.activeElement.textContent'), 'the safe button').to.equal('Cancel');
      await page.locator('dialog .options input').nth(1).check();
      await page.locator('.filling-goal', { hasText: 'exam' }).waitFor();
      await expectAccessible(page);
      await page.locator('dialog .button-danger').click();
      expect(await page.locator('.entry-action[data-filled]').count()).to.equal(64);
      expect(await textIn(page, 'title')).to.include('exam');
      await page.keyboard.press('Control+z');
      expect(await textIn(page, 'action-0-0'), 'from the button that has the focus again').to.equal('Mine');
      await page.locator('.language button[lang=ja]').click();
      await page.locator('html[lang=ja]').waitFor();
      await open();
      await page.locator('.filling-goal', { hasText: 'マラソン' }).waitFor();
    });

    it('shows a block at a time on a phone, whose cells are large enough for a finger', async () => {
      const { page } = await site().signIn({ hasTouch: true, isMobile: true, viewport: PHONE });
      await openChart(page);
      expect(await page.locator('.entry-cell').count()).to.equal(9);
      await page.locator('#sub-goal-0-around').tap();
      await page.keyboard.type('Body');
      await press(page, 'Enter');
      expect(await focused(page)).to.equal('sub-goal-1-around');
      await page.locator('.block-map button').first().tap();
      expect(await page.locator('.block-nav-head p').textContent()).to.equal('Body 0/8');
      await page.locator('#action-0-0').tap();
      await page.keyboard.type('Run');
      await page.keyboard.insertText('\n');
      expect(await textIn(page, 'action-0-0')).to.equal('Run');
      expect(await focused(page), 'a line end is an Enter').to.equal('action-0-1');
      await page.locator('.options label').last().tap();
      for (const name of ['.entry-cell', '.block-map button', '.block-nav-head .button', '.options label']) {
        for (const target of await page.locator(name).all()) {
          const { width = 0, height = 0 } = (await target.boundingBox()) ?? {};
          expect(Math.min(width, height), name).to.be.at.least(44);
        }
      }
      await page.locator('.block-nav-head .button').last().tap();
      expect(await page.locator('.block-nav-head p').textContent()).to.equal('Sub-goal 2 0/8');
      await expectAccessible(page);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoOverflow(page);
      await page.locator('#action-1-2').tap();
      await page.keyboard.type('A field is wider than its cell and stays within the page');
      await expectNoOverflow(page);
    });
  });
}
