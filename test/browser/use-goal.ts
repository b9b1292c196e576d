import { readFileSync } from 'node:fs';
import { bodyOf } from '@goal-activity/client/client.ts';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { en } from '../../web/src/i18n/en/en.ts';
import { paths } from '../../web/src/paths.ts';
import { expectAccessible, type Site } from './support.ts';
import { GOAL, look, loseAnswer, nextCall, openGoal } from './use-support.ts';

/** Downloads the goal as a file of a kind. @returns its name and content */
async function exported(page: Page, kind: string) {
  await page.locator('.goal-tools button').first().click();
  await page.locator('dialog .choice', { hasText: kind }).click();
  const download = page.waitForEvent('download');
  await page.locator('dialog .button-primary').click();
  const file = await download;
  await page.locator('dialog').waitFor({ state: 'detached' });
  return { name: file.suggestedFilename(), content: readFileSync(await file.path(), 'utf8') };
}

export function describeGoal(site: () => Site): void {
  describe('a goal in the browser', () => {
    it('can be exported as CSV, Markdown and calendar', async () => {
      const { page, tasks, task, goalId, person } = await openGoal(await site().signIn(), 'マラソン: 完走');
      const { version } = await person.getGoal(goalId);
      const body = { version, deadline: '2031-05-01' };
      await bodyOf(person.api.PATCH('/api/goals/{goalId}', { params: { path: { goalId } }, body }));
      await page.reload();
      await page.locator('.goal-tools button').first().click();
      await page.locator('dialog').waitFor();
      await look(page);
      await page.keyboard.press('Escape');
      const count = (await person.listTasks(goalId)).length;
      const csv = await exported(page, 'CSV');
      expect(csv.name).to.equal('マラソン 完走.csv');
      expect(csv.content.trimEnd().split('\r\n')).to.have.length(count + 1);
      expect(csv.content).to.include(`"${task.title.replaceAll('"', '""')}"`);
      const markdown = await exported(page, 'Markdown');
      expect(markdown.name).to.equal('マラソン 完走.md');
      expect(markdown.content.match(/^- \[ \] /gm)).to.have.length(count);
      const calendar = await exported(page, 'iCalendar');
      expect(calendar.name).to.equal('マラソン 完走.ics');
      expect(calendar.content).to.match(
        /^BEGIN:VCALENDAR\r\n[\s\S]*DTSTART;VALUE=DATE:20310501\r\n[\s\S]*END:VCALENDAR\r\n$/,
      );
      expect((await tasks())[0]).to.deep.equal(task);
    });

    it('can be edited on top of what was changed elsewhere, after asking where that removes tasks', async () => {
      const { page, goalId, person, tasks } = await openGoal(await site().signIn());
      const { version, actions } = await person.getGoal(goalId);
      await page.locator('.goal-tools a').click();
      await page.locator('#title').waitFor();
      await page.locator('#title').fill('Given up');
      await expectAccessible(page);
      await page.getByRole('button', { name: en.editGoal.giveUp }).click();
      expect(await page.locator('#title').inputValue()).to.equal('Run a marathon');
      await page.locator('#title').fill('Run two marathons');
      await page.reload();
      await page.locator('#title').waitFor();
      expect(await page.locator('#title').inputValue(), 'kept in the tab').to.equal('Run two marathons');
      const [first] = actions;
      if (first === undefined) throw new Error('The goal has no actions');
      const params = { path: { goalId } };
      await bodyOf(person.api.PATCH('/api/goals/{goalId}', { params, body: { version, description: 'Theirs' } }));
      await page.locator('.submit-bar button[type=submit]').click();
      await page.locator('.note-error').last().waitFor();
      expect(await page.locator('#title').inputValue()).to.equal('Run two marathons');
      await page.locator('.submit-bar button[type=submit]').click();
      await page.locator('.done-bar').waitFor();
      expect(await person.getGoal(goalId)).to.deep.include({
        title: 'Run two marathons',
        description: 'Theirs',
        actions,
      });

      const kept = await tasks();
      await page.locator('.goal-tools a').click();
      await page.locator('#action-0-1').fill('');
      await page.locator('.submit-bar button[type=submit]').click();
      const dialog = page.locator('dialog');
      await dialog.waitFor();
      await look(page);
      await dialog.locator('.button-danger').click();
      await page.locator('.done-bar').waitFor();
      expect((await person.getGoal(goalId)).actions.map(({ actionId }) => actionId)).to.deep.equal([first.actionId]);
      expect(await person.listTasks(goalId)).to.deep.equal(kept);
    });

    it('can be deleted with its tasks after asking, also when the answer to that is lost', async () => {
      const { page, goalId, person } = await openGoal(await site().signIn(), 'To be deleted');
      await page.locator('.goal-tools button').last().click();
      const dialog = page.locator('dialog');
      await dialog.waitFor();
      const taskCount = (await person.listTasks(goalId)).length;
      expect(await dialog.textContent())
        .to.include(en.deleteGoal.removes(2, taskCount))
        .and.include(en.deleteGoal.keeps);
      expect(await page.evaluate('document.activeElement.textContent')).to.equal(en.common.cancel);
      await look(page);
      await nextCall(page, GOAL, 'DELETE', loseAnswer);
      await dialog.locator('.button-danger').click();
      await dialog.locator('.note-error').waitFor();
      await dialog.locator('.button-danger').click();
      await page.locator('.empty').waitFor();
      expect(new URL(page.url()).pathname).to.equal(paths.goals);
      const { status } = await person.call('GET', `/api/goals/${goalId}`);
      expect(status).to.equal(404);
    });
  });
}
