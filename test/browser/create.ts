import { expect } from 'chai';
import { signIn } from '../support/stack/stack.ts';
import { createGoal, type Site, setAi, sixteenActions, start, untilEnded } from './support.ts';

/** A 9 × 9 chart; the goal is in the middle. */
const MANDALA = Array.from({ length: 9 }, (_, row) =>
  Array.from({ length: 9 }, (_unused, column) => (row === 4 && column === 4 ? 'The goal' : `r${row}c${column}`)).join(
    '\t',
  ),
).join('\n');

export function describeCreating(site: () => Site): void {
  describe('creating a goal in the browser', () => {
    beforeEach(() => {
      setAi(site(), { latencyMs: '30' });
    });

    it('fills the chart from a pasted 9 × 9 table and creates what was shown', async () => {
      const { page, defects } = await site().signIn();
      await page.locator('.empty a').click();
      await page.locator('.section-head .button').first().click();
      await page.locator('#paste-text').fill(MANDALA);
      expect(await page.locator('.paste-result').textContent()).to.include('64 actions in 8 sub-goals');
      await page.locator('dialog .button-primary').click();
      expect(await page.locator('#title').inputValue()).to.equal('The goal');
      await page.locator('.type-toggle').nth(2).click();
      await page.locator('.submit-bar button[type=submit]').click();
      await page.locator('.next-step').waitFor();
      expect(await page.locator('h1').textContent()).to.equal('The goal');
      expect(await page.locator('.action').count()).to.equal(64);
      expect(await page.locator('.action').nth(2).textContent()).to.include('Habit');
      expect(await page.locator('.sub-goal h3').allTextContents()).to.have.length(8);
      expect(defects).to.deep.equal([]);
    });

    it('can be done by keyboard alone', async () => {
      const { page } = await site().signIn();
      await page.locator('.empty a').focus();
      await page.keyboard.press('Enter');
      await page.locator('#title').focus();
      await page.keyboard.type('Learn to swim');
      await page.locator('.mandala button[tabindex="0"]').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).to.equal('sub-goal-0');
      await page.keyboard.type('In the water');
      await page.keyboard.press('Enter');
      await page.keyboard.type('Float on my back');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Enter');
      await page.keyboard.type('Swim one length');
      await page.locator('.submit-bar button[type=submit]').focus();
      await page.keyboard.press('Enter');
      await page.locator('.next-step').waitFor();
      expect(await page.locator('.action').allTextContents()).to.deep.equal([
        'Float on my backHabitEdit',
        'Swim one lengthOnceEdit',
      ]);
      await page.locator('.next-step .button-primary').focus();
      await page.keyboard.press('Enter');
      await page.locator('dialog[open]').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      const focused = await page.evaluate('document.activeElement.textContent');
      expect(focused, 'the focus is back on what opened the dialog').to.equal('Start activity');
    });

    it('says in words what is missing, and goes to the place', async () => {
      const { page } = await site().signIn();
      await page.locator('.empty a').click();
      await page.locator('.submit-bar button[type=submit]').click();
      const problems = page.locator('#problems');
      expect(await problems.locator('li').allTextContents()).to.deep.equal([
        'Goal: Please write something here.',
        'Mandala chart: Write at least one action.',
      ]);
      expect(await page.evaluate('document.activeElement.id')).to.equal('problems');
      await problems.locator('button').last().click();
      await page.keyboard.type('x'.repeat(201));
      expect(await page.locator('#action-0-0-flaw').textContent()).to.equal('This is too long.');
      await page.locator('#action-0-0').fill('Short');
      expect(await page.locator('#action-0-0-flaw').textContent()).to.equal('');
    });

    it('keeps what was written through a reload', async () => {
      const { page } = await site().signIn();
      await page.locator('.empty a').click();
      await page.locator('#title').fill('Not to be lost');
      await page.locator('#action-0-3').fill('Neither is this');
      await page.reload();
      expect(await page.locator('#title').inputValue()).to.equal('Not to be lost');
      expect(await page.locator('#action-0-3').inputValue()).to.equal('Neither is this');
    });

    it('shows text from people and from the AI as text, never as markup', async () => {
      const { page, defects } = await site().signIn();
      const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
      await createGoal(page, markup, ['Base', markup, ...Array.from({ length: 7 }, () => '')].join('\t'));
      expect(await page.locator('h1').textContent()).to.equal(markup);
      await start(page);
      await untilEnded(page);
      await page.locator('.result-card a').click();
      await page.locator('.goal-actions .button-quiet').first().click();
      expect(await page.locator('.task-title').first().textContent()).to.include('<b>bold</b>');
      expect(await page.locator('main img, main b').count()).to.equal(0);
      expect(defects).to.deep.equal([]);
    });

    it('lists goals a page at a time, newest first', async () => {
      const { page, user } = await site().signIn();
      const { api } = await signIn(site().url, user);
      for (let number = 1; number <= 26; number += 1) {
        await api.POST('/api/goals', { body: { title: `Goal ${number}`, actions: [] } });
      }
      await page.reload();
      await page.locator('.goal-card').first().waitFor();
      expect(await page.locator('.goal-card h2').first().textContent()).to.equal('Goal 26');
      expect(await page.locator('.goal-card').count()).to.equal(24);
      await page.locator('.more button').click();
      await page.locator('.goal-card').nth(25).waitFor();
      expect(await page.locator('.goal-card h2').last().textContent()).to.equal('Goal 1');
      expect(await page.locator('.more button').count()).to.equal(0);
    });

    it('shows nobody else’s goals', async () => {
      const first = await site().signIn();
      await createGoal(first.page, 'Mine alone', sixteenActions);
      const address = first.page.url();
      const second = await site().signIn();
      await second.page.locator('.empty').waitFor();
      await second.page.goto(address);
      expect(await second.page.locator('.error-page').textContent()).to.include('This goal does not exist.');
    });
  });
}
