import { bodyOf } from '@goal-activity/client/client.ts';
import { expect } from 'chai';
import { paths } from '../../../web/src/paths.ts';
import { titles } from '../../support/stack/stack.ts';
import { createGoal, expectAccessible, go, intercept, type Site } from '../support.ts';
import { SIXTEEN, start, text } from './support.ts';

export function describeFreshness(site: () => Site): void {
  it('shows in the list and on the goal how far a run is, and what came of it, and asks of nothing else', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    const goOn = site().holdRuns();
    const idle = await createGoal(await visitor.person(), 'Idle', titles(1));
    const { goalId } = await start(visitor, 'Under way', SIXTEEN);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await go(page, '/history');
    await page.locator('.run').waitFor();
    asked.length = 0;
    await go(page, paths.goals);
    const card = page.locator('.goal-card', { hasText: 'Under way' });
    await card.locator('.ring', { hasText: '50%' }).waitFor();
    expect(await card.textContent()).to.match(/In progress.*8 of 16 actions.*0 of \d+ tasks done/);
    await expectAccessible(page);
    expect(asked.filter((path) => path === '/api/goals')).to.have.length(1);
    expect(asked.filter((path) => path.includes(idle))).to.deep.equal([]);

    await card.locator('a').click();
    await page.locator('.run-now', { hasText: /50%.*8 of 16 actions/ }).waitFor();
    await page.locator('.action details').nth(7).waitFor();
    await expectAccessible(page);
    await page.goBack();
    await card.locator('.ring').waitFor();
    goOn();
    await card.locator('.badge', { hasText: 'Ready' }).waitFor();
    expect(await card.locator('.ring').count()).to.equal(0);
    expect(await card.textContent()).to.match(/0 of \d+ tasks done/);
    expect(asked.filter((path) => path === `/api/goals/${goalId}`).length).to.be.at.most(4);
  });

  it('brings the goal up to date by itself when its run ends', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    const goOn = site().holdRuns();
    const { goalId } = await start(visitor, 'Watched', SIXTEEN);
    await go(page, paths.goal(goalId));
    await page.locator('.run-now', { hasText: '50%' }).waitFor();
    goOn();
    await page.locator('.head-facts .badge', { hasText: 'Ready' }).waitFor();
    await page.locator('.action details').nth(15).waitFor();
    expect(await page.locator('.run-now').count()).to.equal(0);
  });

  it('says before a run what the API expects it to cost', async () => {
    const { page, person } = await site().signIn();
    const api = await person();
    const goalId = await createGoal(api, 'How much', titles(24));
    const path = { goalId };
    const estimate = await bodyOf(api.api.GET('/api/goals/{goalId}/estimate', { params: { path } }));
    await go(page, paths.goal(goalId));
    await page.locator('.next-step .button-primary').click();
    await page.locator('dialog .estimate-hint', { hasText: 'claude-haiku' }).waitFor();
    expect(estimate.modelId).to.include('claude-haiku');
    const shown = /about \$([\d.]+)/.exec(await text(page, 'dialog'))?.[1];
    expect(Number(shown)).to.be.closeTo(estimate.usd, 0.006);
    expect(await text(page, 'dialog')).to.include(`about ${estimate.seconds} s`);
    await page.keyboard.press('Escape');
    await intercept(page, '**/estimate', (route) =>
      route.fulfill({ status: 503, json: { message: 'Service Unavailable' } }),
    );
    await page.locator('.next-step .button-primary').click();
    await page.locator('dialog', { hasText: 'not available right now' }).waitFor();
    expect(await text(page, 'dialog')).not.to.match(/\$\d/);
  });
}
