import { expect } from 'chai';
import { cellsIn, createGoal, type Site, setAi, start, table, untilEnded } from './support.ts';

/** 16 actions; two of them are refused by the AI until their text is changed. */
const PARTLY = table((block, index) => {
  if (index > 1) return '';
  return `Walk ${block * 2 + index + 1} km${block < 2 && index === 0 ? ' [ai:denied]' : ''}`;
});

export function describeRetry(site: () => Site): void {
  describe('after a run in the browser', () => {
    beforeEach(() => {
      setAi(site(), { latencyMs: '50' });
    });

    it('lets the person edit the failed actions and retry just those', async () => {
      const { page } = await site().signIn();
      await createGoal(page, 'Second try', PARTLY);
      await start(page);
      await untilEnded(page);
      const firstRun = page.url();
      for (const title of ['Walk one kilometre', 'Walk three kilometres']) {
        await page.locator('.failed-titles li', { hasText: '[ai:denied]' }).first().locator('button').click();
        await page.locator('#edit-title').fill(title);
        await page.locator('dialog button[type=submit]').click();
        await page.locator('.failed-titles li', { hasText: title }).waitFor();
      }
      setAi(site(), { latencyMs: '800' });
      await page.locator('.failed-actions .button-primary').click();
      expect(await page.locator('dialog').textContent()).to.include('only about the 2 actions without tasks');
      await page.locator('dialog .button-primary').click();
      await page.locator('.progress-card').waitFor();
      expect(page.url()).not.to.equal(firstRun);
      expect(await cellsIn(page, 'earlier').count()).to.equal(14);
      await untilEnded(page);
      expect(await page.locator('h1').textContent()).to.equal('All done');
      expect(await cellsIn(page, 'saved').count()).to.equal(2);
      await page.locator('.result-card a').click();
      await page.locator('.action details').nth(15).waitFor();
      expect(await page.locator('.head-facts .badge').textContent()).to.equal('Ready');
    });

    it('offers the same retry on the page of the goal', async () => {
      const { page } = await site().signIn();
      await createGoal(page, 'Retry from the goal', PARTLY.replaceAll(' [ai:denied]', ' [ai:denied=1]'));
      await start(page);
      await untilEnded(page);
      await page.locator('.crumbs a').click();
      await page.locator('.next-step .button-primary', { hasText: 'Retry 2 actions' }).click();
      await page.locator('dialog .button-primary').click();
      await untilEnded(page);
      expect(await page.locator('h1').textContent()).to.equal('All done');
    });

    it('lists the runs by goal, status and date', async () => {
      const { page } = await site().signIn();
      await createGoal(page, 'First goal', PARTLY);
      await start(page);
      await untilEnded(page);
      await createGoal(page, 'Second goal', PARTLY.replaceAll(' [ai:denied]', ''));
      await start(page);
      await untilEnded(page);
      await page.locator('.header nav a').last().click();
      const runs = page.locator('.run');
      await runs.nth(1).waitFor();
      expect(await runs.first().textContent()).to.match(/Second goal.*Completed.*16 of 16 saved.*\$/);
      expect(await runs.last().textContent()).to.match(/First goal.*Partly completed.*14 of 16 saved.*2 failed/);

      await page.locator('#filter-status').selectOption('PARTIALLY_SUCCEEDED');
      await runs.nth(1).waitFor({ state: 'detached' });
      expect(await runs.first().textContent()).to.include('First goal');
      await page.reload();
      await runs.first().waitFor();
      expect(await page.locator('#filter-status').inputValue()).to.equal('PARTIALLY_SUCCEEDED');
      await page.locator('.filters button').click();
      await page.locator('#filter-goal').selectOption({ label: 'Second goal' });
      await runs.nth(1).waitFor({ state: 'detached' });
      expect(await runs.first().textContent()).to.include('Second goal');
      await page.locator('#filter-to').fill('2020-01-01');
      await page.locator('.empty-list').waitFor();
      expect(await page.locator('.empty-list').textContent()).to.equal('No runs match these filters.');
    });

    it('shows the timeline of a run as a chart and as a table, with its cost', async () => {
      const { page } = await site().signIn();
      await createGoal(page, 'With a timeline', PARTLY);
      await start(page);
      await untilEnded(page);
      const chart = page.locator('.timeline-chart [role=img]');
      await chart.waitFor();
      expect(await chart.getAttribute('aria-label')).to.match(/^Timeline of \d+ steps over/);
      expect(await chart.textContent()).to.match(/Ask the AI.*Save the tasks/);
      await page.locator('.timeline-table summary').first().click();
      expect(await page.locator('.timeline-table tbody tr').first().textContent()).to.match(/^Check the goal/);
      expect(await page.locator('.run-side').textContent()).to.match(/Cost of the AI.*\$.*Calls.*Tokens in/);
    });
  });
}
