import { bodyOf } from '@goal-activity/client/client.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { paths } from '../../web/src/paths.ts';
import { eventually, titles } from '../support/stack/stack.ts';
import { until } from '../support/until.ts';
import {
  cellsIn,
  createGoal,
  expectAccessible,
  expectNoOverflow,
  go,
  openRun,
  type Site,
  untilEnded,
  type Visitor,
} from './support.ts';

/** Two batches, the second of which may be held. */
const SIXTEEN = titles(16);
const text = async (page: Page, selector: string) => (await page.locator(selector).textContent()) ?? '';

/** Answers every status with what the API says, changed. */
async function changeStatus(page: Page, change: (status: ExecutionStatus) => Partial<ExecutionStatus>): Promise<void> {
  await page.route('**/status', async (route) => {
    const { 'if-none-match': _etag, ...headers } = route.request().headers();
    const response = await route.fetch({ headers });
    const status: ExecutionStatus = await response.json();
    await route.fulfill({ response, json: { ...status, ...change(status) } });
  });
}

/** Makes files of the page fail to load until `isGone` is false. */
async function loseFiles(page: Page, pattern: string) {
  const lost = { isGone: true };
  await page.route(pattern, (route) => (lost.isGone ? route.fulfill({ status: 404 }) : route.continue()));
  return lost;
}

/** Starts a goal of this person by way of the API. @returns its ids */
async function start({ person }: Visitor, title: string, actionTitles: readonly string[]) {
  const api = await person();
  const { body } = await api.start(await createGoal(api, title, actionTitles));
  return { ...body, api };
}

function describeMissingViews(site: () => Site): void {
  it('loads itself again when a deployment has taken the code of a view away, and keeps its header meanwhile', async () => {
    const { page, defects } = await site().visit();
    const lost = await loseFiles(page, '**/assets/create-*.js');
    await page.locator('#user-name').fill('somebody');
    await page.locator('#user-name').press('Enter');
    await page.locator('.empty a').waitFor();
    page.on('request', (request) => {
      if (request.isNavigationRequest()) lost.isGone = false;
    });
    await page.locator('.empty a').click();
    await page.locator('#title').waitFor();
    expect(new URL(page.url()).pathname).to.equal(paths.create);
    expect(defects).to.deep.equal([]);
  });

  it('says so, once, when that does not help, and when there is no connection; then it goes on by itself', async () => {
    const { page, context } = await site().visit();
    const lost = await loseFiles(page, '**/assets/history-*.js');
    await page.locator('#user-name').fill('somebody');
    await page.locator('#user-name').press('Enter');
    await page.locator('.footer').waitFor();
    await page.locator('.header nav a').last().click();
    await page.locator('.error-page button').waitFor();
    expect(await text(page, '.error-page')).to.match(/has not arrived\..*did not help/);
    expect(await page.locator('.header nav a').count()).to.be.at.least(2);
    await expectAccessible(page);
    await page.evaluate('sessionStorage.clear()');
    await page.locator('.header nav a').first().click();
    await context.setOffline(true);
    await page.locator('.header nav a').last().click();
    await page.locator('.error-page', { hasText: 'This device is offline.' }).waitFor();
    lost.isGone = false;
    await context.setOffline(false);
    await page.locator('.filters').waitFor();
  });

  it('has every view at hand before it is asked for', async () => {
    const { page, context } = await site().visit();
    const loaded = ['create', 'goal', 'run', 'history'].map((name) =>
      page.waitForResponse(new RegExp(`/assets/${name}-[^/]*\\.js$`)),
    );
    await page.reload();
    await page.locator('#user-name').fill('somebody');
    await page.locator('#user-name').press('Enter');
    await Promise.all(loaded);
    await context.setOffline(true);
    await page.locator('.empty a').click();
    await page.locator('#title').waitFor();
  });

  it('says something in both languages when not even its words arrive', async () => {
    const { page } = await site().visit();
    const lost = await loseFiles(page, '**/assets/en-*.js');
    await page.reload();
    await page.locator('.empty button').waitFor();
    expect(await text(page, '.empty')).to.match(/has not arrived.*読み込めませんでした/);
    lost.isGone = false;
    await page.locator('.empty button').click();
    await page.locator('.sign-in').waitFor();
  });
}

function describeEnds(site: () => Site): void {
  it('counts down from what is known, and then says how long it has run and what holds it up', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    site().holdRuns();
    await changeStatus(page, ({ outcomes }) => ({
      estimatedSecondsRemaining: 3,
      slowActions: outcomes.slice(8, 9).map(({ actionId }) => actionId),
      outcomes: outcomes.map((each) => (each.position === 8 ? { ...each, attempt: 2 } : each)),
    }));
    await openRun(visitor, 'Slow', SIXTEEN);
    await page.locator('.progress-facts', { hasText: /about [123] s left/ }).waitFor();
    await page.unroute('**/status');
    await changeStatus(page, ({ outcomes }) => ({
      estimatedSecondsRemaining: 1,
      slowActions: outcomes.slice(8, 9).map(({ actionId }) => actionId),
      outcomes: outcomes.map((each) => (each.position === 8 ? { ...each, attempt: 2 } : each)),
    }));
    await page.locator('.progress-facts', { hasText: /running for \d+ s/ }).waitFor();
    expect(await text(page, '.progress-card')).to.include('1 action is slow, attempt 2 of 4.');
    expect(await text(page, '.progress-facts')).not.to.include('left');
  });

  it('does not say of a run that was stopped from outside that its tasks are gone', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    site().holdRuns();
    await openRun(visitor, 'Stopped by an operator', SIXTEEN);
    await cellsIn(page, 'saved').nth(7).waitFor();
    site().stopRun(page, 'Maintenance');
    await untilEnded(page);
    expect(await text(page, 'h1')).to.equal('Stopped before it was done');
    expect(await text(page, '.page-head .badge')).to.equal('Stopped');
    expect(await text(page, '.result-card')).to.match(/8 of 16 actions ready, \d+ tasks added\. They stay/);
    expect(await text(page, '.failure-head')).to.include('The run was stopped before this action was done.');
    expect(await text(page, 'main')).not.to.match(/removed|cancel/i);
    expect(await cellsIn(page, 'saved').count()).to.equal(8);
    expect(await text(page, '.result-card')).to.include('Retry 8 actions');
  });

  it('does not say of an action that hung through its attempts that it never had its turn', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    await changeStatus(page, ({ failedActions }) => ({
      failedActions: failedActions.map((each) => ({
        ...each,
        error: 'BatchTimeout',
        reason: 'The time of the batch is over',
      })),
    }));
    await openRun(
      visitor,
      'Hung',
      titles(2, (index) => (index === 0 ? '[ai:denied]' : '')),
    );
    await untilEnded(page);
    expect(await text(page, '.failure-head')).to.include(
      'No usable answer came before the time for this action was over',
    );
  });

  it('shows in an old run what became of its actions, and leads to the new one instead of offering what is refused', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    const { api, goalId, executionArn } = await start(
      visitor,
      'Twice',
      titles(3, (index) => (index < 2 ? '[ai:denied]' : '')),
    );
    await api.waitForEnd(executionArn);
    const actionId = (await api.getGoal(goalId)).actions[0]?.actionId ?? '';
    const params = { path: { goalId, actionId } };
    await api.api.PATCH('/api/goals/{goalId}/actions/{actionId}', { params, body: { title: 'Walk' } });
    const again = await bodyOf(
      api.api.POST('/api/workflows/{executionArn}/retry', { params: { path: { executionArn } } }),
    );
    await api.waitForEnd(again.executionArn);
    await go(page, paths.run(executionArn));
    await page.locator('.later', { hasText: 'Tried again' }).waitFor();
    const since = await page.locator('.later').allTextContents();
    expect(since[0]).to.match(/^\d tasks since then$/);
    expect(since[1]).to.equal('Tried again later, and failed again');
    const buttons = await page.locator('.result-card, .failed-actions').locator('button').allTextContents();
    expect(buttons.filter((each) => /Retry|Edit/.test(each))).to.deep.equal([]);
    await expectAccessible(page);
    await expectNoOverflow(page);
    await page.locator('.newer-run a').click();
    await page.locator('.failed-actions button', { hasText: 'Edit' }).waitFor();
    expect(page.url()).to.include(encodeURIComponent(again.executionArn).replaceAll('%3A', ':'));
  });

  it('leads whoever has no access to an administrator, on the run and on its goal, where the reasons stay', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    const { api, goalId, executionArn } = await start(
      visitor,
      'Denied',
      titles(2, () => '[ai:denied]'),
    );
    await api.waitForEnd(executionArn);
    for (const [address, shown] of [
      [paths.run(executionArn), '.result-card'],
      [paths.goal(goalId), '.goal-head'],
    ] as const) {
      await go(page, address);
      await page.locator(shown).waitFor();
      await page.locator('.failure-head', { hasText: 'The AI refused access.' }).waitFor();
      expect(await text(page, 'main'))
        .to.match(/contact your administrator/)
        .and.not.to.match(/try again/i);
    }
    expect(await text(page, '#failed-heading')).to.equal('2 actions failed in the last run');
    expect((await api.getStatus(executionArn)).cost).to.deep.include({ aiCalls: 2, outputTokens: 0 });
  });
}

function describeFreshness(site: () => Site): void {
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
    await page.route('**/estimate', (route) =>
      route.fulfill({ status: 503, json: { message: 'Service Unavailable' } }),
    );
    await page.locator('.next-step .button-primary').click();
    await page.locator('dialog', { hasText: 'cannot be said right now' }).waitFor();
    expect(await text(page, 'dialog')).not.to.match(/\$\d/);
  });
}

function describeComingBack(site: () => Site): void {
  const scrolled = (page: Page): Promise<number> => page.evaluate('Math.round(scrollY)');
  const expectScrolled = (page: Page, top: number) =>
    eventually(async () => expect(await scrolled(page)).to.be.within(top - 1, top + 1));

  it('leads back to where somebody was: scrolled as far, with the same actions opened', async () => {
    const visitor = await site().signIn();
    const { page } = visitor;
    const { api, goalId, executionArn } = await start(visitor, 'There and back', SIXTEEN);
    await api.waitForEnd(executionArn);
    await go(page, paths.goal(goalId));
    const opened = page.locator('.action details[open]');
    for (const index of [3, 12]) await page.locator('.action summary').nth(index).click();
    await page.evaluate('scrollTo(0, 700)');
    expect(await scrolled(page)).to.equal(700);
    // By script: a mouse would scroll to the header first.
    await page
      .locator('.header nav a')
      .last()
      .evaluate((link) => link.click());
    await page.locator('.run').waitFor();
    expect(await scrolled(page)).to.equal(0);
    await page.goBack();
    await expectScrolled(page, 700);
    expect(await opened.count()).to.equal(2);
    await page.reload();
    await expectScrolled(page, 700);
    expect(await opened.count()).to.equal(2);
  });

  it('leads back to the same place of a list of several pages', async () => {
    const { page, person } = await site().signIn();
    const api = await person();
    await Promise.all(Array.from({ length: 26 }, (_, index) => createGoal(api, `Goal ${index}`, titles(1))));
    await page.reload();
    await page.locator('.more button').click();
    await page.locator('.goal-card').nth(25).waitFor();
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    const before = await scrolled(page);
    await page.locator('.goal-card a').last().click();
    await page.locator('.goal-head').waitFor();
    await page.locator('.crumbs a').click();
    await page.locator('.goal-card').nth(25).waitFor();
    await expectScrolled(page, before);
  });

  it('signs out in every tab', async () => {
    const { page, context } = await site().signIn();
    const other = await context.newPage();
    try {
      await other.goto(site().url);
      await other.locator('.footer').waitFor();
      await other.locator('.footer button').click();
      await page.locator('.sign-in').waitFor();
      expect(await page.locator('.footer').count()).to.equal(0);
    } finally {
      await other.close();
    }
  });

  it('notices at once that the connection is gone and back, and otherwise asks when the last answer says, a 304 too', async () => {
    const visitor = await site().signIn();
    const { page, context } = visitor;
    site().holdRuns();
    /** When it asked, and how often it has been answered: first with news, then without. */
    const asked: number[] = [];
    let answers = 0;
    await page.route('**/status', async (route) => {
      const wait = ['1', '2', '30'][asked.push(Date.now()) - 1] ?? '30';
      const response = await route.fetch();
      const headers = { ...response.headers(), 'retry-after': wait };
      await route.fulfill(answers === 0 ? { response, headers } : { status: 304, headers: { 'retry-after': wait } });
      answers += 1;
    });
    await openRun(visitor, 'Followed', SIXTEEN);
    await page.locator('.progress-card').waitFor();
    await until(() => answers === 3);
    const [first = 0, second = 0, third = 0] = asked;
    expect(second - first).to.be.at.least(900);
    expect(third - second).to.be.at.least(1_900);
    // What is answered by the test is answered offline too.
    await page.unroute('**/status');
    const notice = page.locator('[data-testid=connection]');
    await context.setOffline(true);
    await notice.waitFor({ timeout: 2_000 });
    expect(await notice.textContent()).to.include('This device is offline.');
    const request = page.waitForRequest(/\/status$/, { timeout: 2_000 });
    await context.setOffline(false);
    await request;
    await notice.waitFor({ state: 'detached', timeout: 2_000 });
  });
}

/** The page says nothing that is not true. */
export function describeTruth(site: () => Site): void {
  describe('what the page says in the browser', () => {
    for (const describePart of [describeMissingViews, describeEnds, describeFreshness, describeComingBack])
      describePart(site);
  });
}
