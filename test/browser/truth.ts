import { expect } from 'chai';
import { paths } from '../../web/src/paths.ts';
import type { Site } from './support.ts';

export function describeTruth(site: () => Site): void {
  describe('what the page says in the browser', () => {
    it('probe', async () => {
      const { page } = await site().signIn();
      await page.route('**/assets/create-*.js', (route) => route.fulfill({ status: 404 }));
      await page.locator('.empty a').click();
      await page.waitForTimeout(1500);
      console.log(await page.content());
      expect(paths.create).to.equal('/goals/new');
    });
  });
}
