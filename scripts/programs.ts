/**
 * `node scripts/programs.ts`: makes sure that the programs which the tests need, and npm does not have, are there: Chromium for
 * those of the page, jq and curl for those of scripts and documents, faketime for DATE. As root on Debian or Ubuntu they are installed with apt; anywhere
 * else the command says what to install.
 */
import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findProgram } from './terraform/tool.ts';
import { findFaketime } from './testing/date.ts';

/** Debian's package of Chromium's headless mode only: its tests take less CPU time. Ubuntu has no such package. */
const HEADLESS = 'chromium-headless-shell';
const PLACES = [
  `/usr/bin/${HEADLESS}`,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of an installed Chromium or Chrome: where CHROMIUM says, or where packages put it. */
export function findBrowser(): string | undefined {
  return [process.env.CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path));
}

/** Debian's packages of what is missing. Chromium's have a font for the Japanese page. */
function missingPackages(): readonly string[] {
  return [
    ...(findBrowser() === undefined ? ['chromium', 'fonts-noto-cjk'] : []),
    ...(process.env.DATE && findFaketime() === undefined ? ['faketime'] : []),
    ...['jq', 'curl'].filter((program) => findProgram(program, process.env.PATH ?? '') === undefined),
  ];
}

/** Whether this system's package lists have a package. */
const hasPackage = (name: string): boolean =>
  spawnSync('apt-cache', ['show', '--quiet', name], { stdio: 'ignore' }).status === 0;

/** Installs packages where this user may. @throws Error that says what to do elsewhere */
function install(packages: readonly string[]): void {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      'The tests need Chromium (or Chrome), jq and curl (and faketime for DATE), and not all were found. Install them ' +
        `(on Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}; on macOS: brew install --cask google-chrome and ` +
        'brew install jq curl), or set CHROMIUM to the path of a Chromium or Chrome.',
    );
  }
  console.log(`Installing ${packages.join(' and ')} for the tests, once ...`);
  const options: ExecFileSyncOptions = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  execFileSync('apt-get', ['update'], options);
  const chosen = packages.map((each) => (each === 'chromium' && hasPackage(HEADLESS) ? HEADLESS : each));
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...chosen], options);
}

if (import.meta.main) {
  try {
    const missing = missingPackages();
    if (missing.length > 0) install(missing);
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    process.exitCode = 1;
  }
}
