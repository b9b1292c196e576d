/** A browser in front of the real local stack, for the tests of the page. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { LocalStack } from '../../local/stack.ts';
import { useStack } from '../support/stack/stack.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function chromiumPath(): string {
  const found = [process.env.CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path));
  if (found === undefined) {
    throw new Error(
      'The browser tests need Chromium. Install it with `apt-get install chromium` (as root), or set CHROMIUM to its path.',
    );
  }
  return found;
}

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 900 };

export interface Visit {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** Language of the browser. */
  readonly locale?: string;
}

/** A person with a browser of their own. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly user: string;
  /** What went wrong in the page itself: exceptions, and refusals of the content security policy. */
  readonly defects: readonly string[];
}

export interface Site {
  readonly stack: LocalStack;
  readonly url: string;
  /** Opens the page as somebody who was never here. */
  visit(visit?: Visit): Promise<Visitor>;
  /** Opens it and signs in with a name that nobody has. */
  signIn(visit?: Visit): Promise<Visitor>;
  /**
   * From now on a run saves the first of its batches alone: it is not over before the page was looked at, on a slow machine
   * either. @returns what lets it go on, as the end of the test does
   */
  holdRuns(): () => void;
}

export const BATCH_SIZE = 8;

let visitors = 0;

/** A local stack with the built page in front of it, and a browser, for the tests of one describe block. */
export function useSite(): () => Site {
  let held: PromiseWithResolvers<void> | undefined;
  const getStack = useStack(
    {},
    {
      aroundTask: async ({ stateName }, call, payload) => {
        const answer = await call();
        if (stateName === 'GenerateTasks' && Object(payload).position >= BATCH_SIZE) await held?.promise;
        return answer;
      },
    },
  );
  let browser: Browser | undefined;
  /** Pages that a test has left, by their settings: a renderer that has the code compiled costs far less than a new one. */
  const left = new Map<string, Page[]>();
  const inUse: { readonly page: Page; readonly settings: string }[] = [];

  before(async function () {
    this.timeout(300_000);
    const executablePath = chromiumPath();
    if (!existsSync(join(ROOT, 'web', 'dist', 'index.html'))) {
      throw new Error('The page is not built. Run `npm run build -w web`.');
    }
    browser = await chromium.launch({ executablePath, args: FLAGS });
  });
  function release(): void {
    held?.resolve();
    held = undefined;
  }
  afterEach(async () => {
    release();
    for (const { page, settings } of inUse.splice(0)) {
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      page.removeAllListeners();
      await page.context().setOffline(false);
      // A document of this origin that is not the page: what that keeps in the browser is forgotten.
      await page.goto(`${getStack().url}/icon.svg`);
      await page.evaluate('localStorage.clear(); sessionStorage.clear()');
      left.set(settings, [...(left.get(settings) ?? []), page]);
    }
  });
  after(async function () {
    this.timeout(300_000);
    await browser?.close();
  });

  async function visit({ viewport = DESKTOP, colorScheme = 'light', locale = 'en-US' }: Visit = {}): Promise<Visitor> {
    if (browser === undefined) throw new Error('useSite() belongs in a describe block');
    const options = { viewport, colorScheme, locale, reducedMotion: 'reduce' } as const;
    const settings = JSON.stringify(options);
    const page = left.get(settings)?.pop() ?? (await (await browser.newContext(options)).newPage());
    inUse.push({ page, settings });
    page.setDefaultTimeout(15_000);
    const defects: string[] = [];
    page.on('pageerror', (error) => defects.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) defects.push(message.text());
    });
    await page.goto(getStack().url);
    visitors += 1;
    return { page, context: page.context(), user: `visitor-${visitors}`, defects };
  }

  return () => ({
    stack: getStack(),
    url: getStack().url,
    visit,
    holdRuns() {
      held = Promise.withResolvers();
      return release;
    },
    async signIn(options) {
      const visitor = await visit(options);
      await visitor.page.locator('#user-name').fill(visitor.user);
      await visitor.page.locator('#user-name').press('Enter');
      await visitor.page.locator('.footer').waitFor();
      return visitor;
    },
  });
}

/** Changes what the mock AI does. */
export const setAi = (site: Site, settings: Parameters<LocalStack['bedrock']['configure']>[0]) =>
  site.stack.bedrock.configure(settings);

/** A table as a spreadsheet copies it: a row for each sub-goal, its name first. */
export const table = (titleOf: (block: number, index: number) => string): string =>
  Array.from({ length: 8 }, (_, block) =>
    [`Sub-goal ${block + 1}`, ...Array.from({ length: 8 }, (_unused, index) => titleOf(block, index))].join('\t'),
  ).join('\n');

/** So many actions in each sub-goal. */
export const simpleTable = (inEach: number) =>
  table((block, index) => (index < inEach ? `Walk ${block * 8 + index + 1} km` : ''));
/** Two batches, the second of which may be held. */
export const sixteenActions = simpleTable(2);

/** Creates a goal by way of the form and ends on its page. */
export async function createGoal(page: Page, title: string, text: string): Promise<void> {
  await page.locator('.header .brand').click();
  await page.locator('a[href="/goals/new"]').first().click();
  await page.locator('#title').fill(title);
  await page.locator('.section-head .button').first().click();
  await page.locator('#paste-text').fill(text);
  await page.locator('dialog .button-primary').click();
  await page.locator('.submit-bar button[type=submit]').click();
  await page.locator('.next-step').waitFor();
}

/** Presses start, agrees, and ends on the page of the run. */
export async function start(page: Page): Promise<void> {
  await page.locator('.next-step .button-primary').click();
  await page.locator('dialog .button-primary').click();
  await page.locator('.run-layout').waitFor();
}

export const cellsIn = (page: Page, phase: string) => page.locator(`button.cell[data-phase="${phase}"]`);

/** Waits for the end of the run on the page. */
export const untilEnded = (page: Page) => page.locator('.result-card').waitFor({ timeout: 40_000 });

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** All that axe finds wrong, in half the time that its whole report takes. */
const RUN_AXE = "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)";

/** Fails with what axe finds serious or critical on the page as it is. */
export async function expectAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axeSource);
  const violations: readonly Violation[] = await page.evaluate(RUN_AXE);
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.target.join(' ')} ${nodes[0]?.failureSummary}`);
  expect(serious, page.url()).to.deep.equal([]);
}

/** Fails when the page is wider than its window. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const excess: number = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(excess, `pixels by which ${page.url()} is too wide`).to.be.at.most(0);
}
