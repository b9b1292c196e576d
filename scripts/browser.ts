/**
 * `node scripts/browser.ts`: makes sure that Chromium is there for the browser tests. As root on Debian or Ubuntu it is
 * installed with apt; anywhere else the command says what to install.
 */
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** Chromium, and a font for the Japanese page. */
const PACKAGES = ['chromium', 'fonts-noto-cjk'];

/** Path of an installed Chromium or Chrome: where CHROMIUM says, or where packages put it. */
export function findBrowser(): string | undefined {
  return [process.env.CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path));
}

/** Installs it where this user may. @throws Error that says what to do elsewhere */
function install(): void {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      'The browser tests need Chromium, and it was not found. Install it ' +
        `(on Debian or Ubuntu: sudo apt-get install ${PACKAGES.join(' ')}; on macOS: brew install --cask google-chrome) ` +
        'or set CHROMIUM to the path of a Chromium or Chrome.',
    );
  }
  console.log(`Installing ${PACKAGES.join(' and ')} for the browser tests, once ...`);
  const options: ExecFileSyncOptions = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  execFileSync('apt-get', ['update'], options);
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...PACKAGES], options);
}

if (import.meta.main) {
  try {
    if (findBrowser() === undefined) install();
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    process.exitCode = 1;
  }
}
