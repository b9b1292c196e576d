import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { useDataDir } from '../../support/data-dir.ts';
import { ROOT } from '../../support/stack/process.ts';

/** In place of make: one run fails a test, one ends early, one fails without a failed test, and the others pass. */
const MAKE = `#!/bin/sh
date --date="\${2#DATE=}" > /dev/null || exit 2
case "$TZ $*" in
  *Tokyo*2028*) echo 'SEED=5, 3 s'; echo '10 passed, 2 failed'; echo 'make: *** [test] Error 1' >&2; exit 2 ;;
  *UTC*year*) exit 2 ;;
  *Johns*December*) echo 'SEED=5, 3 s'; echo '10 passed, 0 failed'; exit 2 ;;
esac
echo 'SEED=5, 3 s'
echo '10 passed, 0 failed'
`;

describe('.ci/nightly', () => {
  const folder = useDataDir();

  function nightly(environment: Readonly<Record<string, string>> = {}) {
    cpSync(join(ROOT, '.ci'), join(folder(), '.ci'), { recursive: true });
    writeFileSync(join(folder(), 'make'), MAKE, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder()}:${process.env.PATH}`, ...environment };
    const { status, stdout } = spawnSync('bash', [join(folder(), '.ci', 'nightly')], { env, encoding: 'utf8' });
    return { status, rows: stdout.split('\n\n').at(-1)?.trimEnd().split('\n') ?? [] };
  }

  it('fails when a run fails, and lists every run: four dates in three zones', () => {
    const { status, rows } = nightly();
    expect(status).to.equal(1);
    expect(rows).to.have.length(13);
    expect(rows).to.include('2028-02-29 12:00      Asia/Tokyo        SEED=5, 3 s              10 passed, 2 failed');
    expect(rows).to.include('+1 year               UTC               no end                   0 passed, 1 failed');
    expect(rows).to.include('December 31 23:59:58  America/St_Johns  SEED=5, 3 s              10 passed, 1 failed');
    expect(rows.at(-1)).to.equal('110 passed, 4 failed');
  });

  it('passes when every run of the chosen zones does', () => {
    const { status, rows } = nightly({ ZONES: 'Asia/Kathmandu' });
    expect([status, rows.length, rows.at(-1)]).to.deep.equal([0, 5, '40 passed, 0 failed']);
  });
});
