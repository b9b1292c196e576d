/** A browser in front of the real local stack, for the tests of the page. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bodyOf } from '@goal-activity/client/client.ts';
import type { AxeResults } from 'axe-core';
import { expect } from 'chai';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Route,
} from 'playwright-core';
import { findBrowser } from '../../scripts/programs.ts';
import { paths } from '../../web/src/paths.ts';
import { taskNamedAfter } from '../support/ai-script.ts';
import { signIn, type User, useStack } from '../support/stack/stack.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/**
 * Longer than anything takes on the busiest machine: only a defect is waited for as long. What tells "at once" from "in
 * time" is never this limit but what else would have to happen first.
 */
export const LIMIT_MS = 60_000;
/** Besides those that Playwright gives it. Optimising what runs for a second costs more CPU time than it saves. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--js-flags=--no-opt --no-maglev'];

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 900 };

/** A person with a browser of their own. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly user: string;
  /** The same person without the page. */
  person(): Promise<User>;
  /** What went wrong in the page itself: exceptions, and refusals of the content security policy. */
  readonly defects: readonly string[];
}

type BrowserSettings = Pick<BrowserContextOptions, 'colorScheme' | 'locale' | 'hasTouch' | 'isMobile' | 'viewport'>;

export interface Site {
  readonly url: string;
  /** Opens the page as somebody who was never here. @param settings of their browser */
  visit(settings?: BrowserSettings): Promise<Visitor>;
  /** Opens it and signs in with a name that nobody has. */
  signIn(settings?: BrowserSettings): Promise<Visitor>;
  /**
   * From now on a run saves the first of its batches alone: it is not over before the page was looked at, on a slow machine
   * either. @returns what lets it go on, as the end of the test does
   */
  holdRuns(): () => void;
  /** Stops the run whose page is shown as an operator does, not as its owner. @param error that the operator gives it */
  stopRun(page: Page, error: string): void;
}

export const BATCH_SIZE = 8;
const AI_LATENCY_MS = '50';

let visitors = 0;

/** Moves `Date` in the pages by so much, and nothing else: timers and frames go on as they are. */
const moveDate = (ms: number) => `{
  const Real = Date;
  const realNow = Real.now;
  const now = () => realNow() + ${ms};
  Real.now = now;
  globalThis.Date = new Proxy(Real, {
    construct: (_real, args, target) => Reflect.construct(Real, args.length === 0 ? [now()] : args, target),
    apply: () => new Real(now()).toString(),
  });
  Real.prototype.constructor = Date;
}`;

/** A page with the date and the time zone of this process. */
async function openPage(browser: Browser, settings: BrowserSettings): Promise<Page> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const defaults = { viewport: DESKTOP, locale: 'en-US', reducedMotion: 'reduce', timezoneId: timeZone } as const;
  const context = await browser.newContext({ ...defaults, ...settings });
  // Seconds, in scripts/testing/date.ts.
  if (process.env.FAKETIME !== undefined) await context.addInitScript(moveDate(Number(process.env.FAKETIME) * 1000));
  return context.newPage();
}

/** A local stack with the built page in front of it, and a browser, for the tests of one describe block. */
export function useSite(): () => Site {
  let held: PromiseWithResolvers<void> | undefined;
  const getStack = useStack(
    { AI_LATENCY_MS },
    {
      aroundTask: async ({ stateName }, call, payload) => {
        const answer = await call();
        if (stateName === 'GenerateTasks' && Object(payload).position >= BATCH_SIZE) await held?.promise;
        return answer;
      },
      // Text that is no name must come through the tasks, too.
      ai: { script: (action) => (action.startsWith('<') ? taskNamedAfter(action) : undefined) },
    },
  );
  let browser: Browser | undefined;
  /** One for each of the settings: a renderer that has the code compiled costs far less than a new one. */
  const pages = new Map<string, Page>();
  let shown: Page | undefined;

  before(async function () {
    this.timeout(300_000);
    const executablePath = findBrowser();
    if (executablePath === undefined) throw new Error('There is no Chromium. Run `node scripts/programs.ts`.');
    if (!existsSync(join(ROOT, 'web', 'dist', 'index.html'))) {
      throw new Error('The page is not built. Run `npm run build -w web`.');
    }
    // With the library that DATE preloads, Chromium needs ten times the CPU time: `openPage` moves the dates of its pages instead.
    const { LD_PRELOAD: _moved, ...env } = process.env;
    browser = await chromium.launch({ executablePath, args: FLAGS, env, timeout: 2 * LIMIT_MS });
  });
  function release(): void {
    held?.resolve();
    held = undefined;
  }
  afterEach(async () => {
    release();
    await shown?.unrouteAll({ behavior: 'ignoreErrors' });
    shown?.removeAllListeners();
    await shown?.context().setOffline(false);
    await shown?.emulateMedia({ media: null, reducedMotion: 'reduce' });
    await shown?.setViewportSize(DESKTOP);
    // A document of this origin that is not the page: what that keeps in the browser is forgotten.
    await shown?.goto(`${getStack().url}/icon.svg`);
    await shown?.evaluate('localStorage.clear(); sessionStorage.clear()');
  });
  after(async function () {
    this.timeout(300_000);
    await browser?.close();
  });

  const visit: Site['visit'] = async (settings = {}) => {
    if (browser === undefined) throw new Error('useSite() belongs in a describe block');
    const kind = JSON.stringify(settings);
    const page = pages.get(kind) ?? (await openPage(browser, settings));
    pages.set(kind, page);
    shown = page;
    page.setDefaultTimeout(LIMIT_MS);
    const defects: string[] = [];
    page.on('pageerror', (error) => defects.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) defects.push(message.text());
    });
    await page.goto(getStack().url);
    visitors += 1;
    const user = `visitor-${visitors}`;
    return { page, context: page.context(), user, person: () => signIn(getStack().url, user), defects };
  };

  return () => ({
    url: getStack().url,
    visit,
    holdRuns() {
      held = Promise.withResolvers();
      return release;
    },
    stopRun(page, error) {
      const executionArn = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
      getStack().stepFunctions.executions.stop(executionArn, error, 'by hand');
    },
    async signIn(settings) {
      const visitor = await visit(settings);
      await visitor.page.locator('#user-name').fill(visitor.user);
      await visitor.page.locator('#user-name').press('Enter');
      await visitor.page.locator('.footer').waitFor();
      return visitor;
    },
  });
}

/** Leads to another address of the page without loading it anew, as a link does. */
export const go = (page: Page, path: string) => page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);

/** Creates a goal by way of the API. @returns its id */
export async function createGoal(person: User, title: string, actionTitles: readonly string[]): Promise<string> {
  const actions = actionTitles.map((each) => ({ title: each, type: 'execution' as const }));
  return (await bodyOf(person.api.POST('/api/goals', { body: { title, actions } }))).goalId;
}

/** Creates a goal and starts it, both by way of the API, and opens the page of the run. */
export async function openRun(
  { page, person }: Visitor,
  title: string,
  actionTitles: readonly string[],
): Promise<void> {
  const api = await person();
  const { body } = await api.start(await createGoal(api, title, actionTitles));
  await go(page, paths.run(body.executionArn));
}

/** Opens the dialog that takes a table or list. */
export const openPaste = (page: Page) =>
  page.locator('.create .buttons .button', { has: page.locator('.icon-paste') }).click();

export const cellsIn = (page: Page, phase: string) => page.locator(`button.cell[data-phase="${phase}"]`);

/** Chooses a cell of a goal's chart; on a phone that is in the first block. */
export async function chooseCell(page: Page, phase: string): Promise<void> {
  const tile = page.locator('.block[data-shown] button.cell-subGoal').first();
  if ((await tile.count()) > 0) await tile.click();
  await cellsIn(page, phase).locator('visible=true').first().click();
}

/**
 * As `page.route`, but from when it resolves on: Chromium says that it intercepts the requests of a page before it does, so
 * that the next one may still pass by.
 */
export async function intercept(
  page: Page,
  address: string | RegExp,
  handle: (route: Route) => unknown,
): Promise<void> {
  await page.route(address, handle);
  const probe = '/is-intercepted';
  let isIntercepted = false;
  await page.route(`**${probe}`, (route) => {
    isIntercepted = true;
    return route.fulfill({ status: 204 });
  });
  while (!isIntercepted) await page.evaluate(`fetch('${probe}').then(() => undefined)`);
  await page.unroute(`**${probe}`);
}

/** Waits until an expression is true in the page, whose security policy lets Playwright's own `waitForFunction` evaluate nothing. */
export const untilTrue = (page: Page, expression: string) =>
  page.evaluate(`new Promise((resolve, reject) => {
    const giveUpAt = performance.now() + ${LIMIT_MS};
    const look = () => {
      if (${expression}) resolve();
      else if (performance.now() > giveUpAt) reject(new Error('waited in vain'));
      // A frame that is asked for is drawn, so no frames.
      else setTimeout(look, 50);
    };
    look();
  })`);

/** Waits for the end of the run on the page. */
export const untilEnded = (page: Page) => page.locator('.result-card').waitFor({ timeout: 2 * LIMIT_MS });

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** All that axe finds wrong, in half the time that its whole report takes. Only a rule that is off needs style sheets loaded again. */
const RUN_AXE = `axe.run(document.querySelector('dialog') ?? document,
  { resultTypes: ['violations'], preload: { assets: ['media'] } })
  .then(({ violations }) => violations)`;

/** Fails with what axe finds on the page as it is; of an open dialog alone, since the rest is inert. */
export async function expectAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axeSource);
  const violations: AxeResults['violations'] = await page.evaluate(RUN_AXE);
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.target.join(' ')} ${nodes[0]?.failureSummary}`,
  );
  expect(found, page.url()).to.deep.equal([]);
}

/** Fails when the page is wider than its window. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const excess: number = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(excess, `pixels by which ${page.url()} is too wide`).to.be.at.most(0);
}

/** Sizes of all text that can be seen, in pixels, with an example of each. */
const TEXT_SIZES = `(() => {
  const sizes = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent } = walker.currentNode;
    if (textContent.trim() === '' || !element.checkVisibility() || element.closest('.visually-hidden')) continue;
    for (const pseudo of [null, '::before', '::after']) {
      const { fontSize, content } = getComputedStyle(element, pseudo);
      if (pseudo === null || content.startsWith('"')) sizes[parseFloat(fontSize)] = textContent;
    }
  }
  return sizes;
})()`;

/** Fails with text that is smaller than 12 pixels. */
export async function expectReadable(page: Page): Promise<void> {
  const sizes: Record<string, string> = await page.evaluate(TEXT_SIZES);
  const small = Object.entries(sizes).filter(([size]) => Number(size) < 12);
  expect(Object.keys(sizes).length).to.be.greaterThan(1);
  expect(small, `too small on ${page.url()}`).to.deep.equal([]);
}
