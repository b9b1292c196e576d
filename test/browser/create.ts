import { expect } from 'chai';
import { paths } from '../../web/src/paths.ts';
import { signIn } from '../support/stack/stack.ts';
import { createGoal, go, openPaste, type Site } from './support.ts';

/** A 9 × 9 chart; the goal is in the middle. */
const MANDALA = Array.from({ length: 9 }, (_, row) =>
  Array.from({ length: 9 }, (_unused, column) => (row === 4 && column === 4 ? 'The goal' : `r${row}c${column}`)).join(
    '\t',
  ),
).join('\n');

export function describeCreating(site: () => Site): void {
  describe('creating a goal in the browser', () => {
    it('says what is missing, keeps what is written through a reload, and creates what a pasted table shows', async () => {
      const { page, defects } = await site().signIn();
      await page.locator('.empty a').click();
      await page.locator('.submit-bar button[type=submit]').click();
      const problems = page.locator('#problems');
      expect(await problems.locator('li').allTextContents()).to.deep.equal([
        'Goal: Please fill this in.',
        'Mandala chart: Add at least one action.',
      ]);
      expect(await page.evaluate('document.activeElement.id')).to.equal('problems');
      await problems.locator('button').last().click();
      await page.keyboard.insertText('x'.repeat(201));
      expect(await page.locator('#cell-flaw').textContent()).to.equal('This is too long.');
      await page.locator('#action-0-0').fill('Not to be lost');
      expect(await page.locator('#cell-flaw').textContent()).to.equal('');
      await page.locator('#title').fill('Neither is this');
      await page.reload();
      expect(await page.locator('#action-0-0').inputValue()).to.equal('Not to be lost');
      expect(await page.locator('#title').inputValue()).to.equal('Neither is this');

      await openPaste(page);
      await page.locator('#paste-text').fill(MANDALA);
      expect(await page.locator('.paste-result').textContent()).to.include('64 actions in 8 sub-goals');
      await page.locator('dialog .button-primary').click();
      expect(await page.locator('#title').inputValue()).to.equal('The goal');
      await page.locator('#action-0-2').click();
      await page.locator('.options label').last().click();
      await page.locator('.submit-bar button[type=submit]').click();
      await page.locator('.next-step').waitFor();
      expect(await page.locator('h1').textContent()).to.equal('The goal');
      expect(await page.locator('.action').count()).to.equal(64);
      expect(await page.locator('.action').nth(2).textContent()).to.include('Habit');
      expect(await page.locator('.sub-goal h3').allTextContents()).to.have.length(8);
      expect(defects).to.deep.equal([]);
    });

    it('can be done by keyboard alone, from the skip link on', async () => {
      const { page } = await site().signIn();
      await page.reload();
      await page.locator('.empty').waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.className')).to.equal('skip-link');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).to.equal('content');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.locator('#title').focus();
      await page.keyboard.type('Learn to swim');
      await page.locator('.entry-grid textarea[tabindex="0"]').focus();
      await page.keyboard.type('In the water');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('Float on my back');
      await page.keyboard.press('Enter');
      await page.keyboard.type('Swim one length');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Alt+h');
      await page.locator('.submit-bar button[type=submit]').focus();
      await page.keyboard.press('Enter');
      await page.locator('.next-step').waitFor();
      expect(await page.evaluate('document.activeElement.tagName'), 'a new view is read out').to.equal('H1');
      expect(await page.locator('.action').allTextContents()).to.deep.equal([
        'Float on my backHabitEditAdd a task',
        'Swim one lengthOnceEditAdd a task',
      ]);
      await page.locator('.next-step .button-primary').focus();
      await page.keyboard.press('Enter');
      await page.locator('dialog[open]').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      const focused = await page.evaluate('document.activeElement.textContent');
      expect(focused, 'the focus is back on what opened the dialog').to.equal('Create tasks');
    });

    it('lists goals a page at a time, newest first, and shows nobody else’s', async () => {
      const { page, user, person } = await site().signIn();
      const somebodyElse = await signIn(site().url, `not ${user}`);
      await go(page, paths.goal(await createGoal(somebodyElse, 'Theirs alone', [])));
      await page.locator('.error-page').waitFor();
      expect(await page.locator('.error-page').textContent()).to.include('We could not find this goal.');
      const api = await person();
      for (let number = 1; number <= 26; number += 1) await createGoal(api, `Goal ${number}`, []);
      await page.locator('.brand').click();
      await page.locator('.goal-card').first().waitFor();
      expect(await page.locator('.goal-card h2').first().textContent()).to.equal('Goal 26');
      expect(await page.locator('.goal-card').count()).to.equal(24);
      await page.locator('.more button').click();
      await page.locator('.goal-card').nth(25).waitFor();
      expect(await page.locator('.goal-card h2').last().textContent()).to.equal('Goal 1');
      expect(await page.locator('.more button').count()).to.equal(0);
    });
  });
}
