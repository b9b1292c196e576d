import { join } from 'node:path';
import { expect } from 'chai';
import { operationsOf, readDocument } from '../contract-document.ts';
import { ROOT } from '../documents.ts';
import type { Site } from './support.ts';

const operations = operationsOf(readDocument(join(ROOT, 'docs', 'openapi.yaml')));

export function describeReference(site: () => Site): void {
  describe('the contract at /docs', () => {
    it('shows every call and tries one out, without an error and without a word to another origin', async () => {
      const { page, defects } = await site().visit();
      const errors: string[] = [];
      const origins = new Set<string>();
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      page.on('request', (request) => origins.add(new URL(request.url()).origin));
      await page.goto(`${site().url}/docs`);
      await page.locator('.opblock').first().waitFor();
      const shown = await page.locator('.opblock').evaluateAll((blocks) =>
        blocks.map((block) => {
          const text = (name: string) => block.querySelector(`.opblock-summary-${name}`)?.textContent?.trim();
          return `${text('method')} ${text('path')?.replaceAll('\u200b', '')}`;
        }),
      );
      expect(shown).to.have.members(operations.map(({ method, template }) => `${method} ${template}`));
      expect(await page.title()).to.include('HTTP API');
      expect(await page.locator('html').getAttribute('lang')).to.equal('en');
      await page.locator('#operations-goals-listGoals .opblock-summary-control').click();
      await page.locator('#operations-goals-listGoals .try-out__btn').click();
      await page.locator('#operations-goals-listGoals .execute').click();
      const status = page.locator('#operations-goals-listGoals .live-responses-table .response-col_status').last();
      await status.waitFor();
      expect(await status.textContent()).to.match(/^200/);
      expect([...origins]).to.deep.equal([site().url]);
      expect([...errors, ...defects]).to.deep.equal([]);
    });
  });
}
