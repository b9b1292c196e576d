import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { entriesOf, LOCK_FILE, placeLockFile, renew } from '../../../modules/lock-file.ts';

const TERRAFORM = 'registry.terraform.io/hashicorp/aws';
const OPENTOFU = 'registry.opentofu.org/hashicorp/aws';
const SCRIPT = join(import.meta.dirname, '../../../scripts/terraform/lock.ts');
const committed = readFileSync(LOCK_FILE, 'utf8');

/** An entry as a tool writes it. */
const entry = (address: string, version: string) =>
  `provider "${address}" {\n  version     = "${version}"\n  constraints = "~> 6.42"\n  hashes = [\n    "zh:${version}",\n  ]\n}\n`;
const versionsIn = (text: string) => [...entriesOf(text)].map(([address, { version }]) => [address, version]);

describe('.terraform.lock.hcl', () => {
  it('names one version of the provider for both registries, with checksums of packages', () => {
    const entries = [...entriesOf(committed)];
    expect(entries.map(([address]) => address)).to.deep.equal([OPENTOFU, TERRAFORM]);
    expect(new Set(entries.map(([, { version }]) => version))).to.have.property('size', 1);
    for (const [address, { text }] of entries) {
      const checksums = text.match(/^ {4}"(zh:[0-9a-f]{64}|h1:[\w+/]{43}=)",$/gm) ?? [];
      expect(checksums, address).to.have.length.greaterThan(10);
      expect(text.split('\n').length, address).to.equal(checksums.length + 7);
    }
  });

  it('has the other registry’s entry and its first lines left when one is renewed', () => {
    const renewed = renew(committed, `# maintained by init\n\n${entry(TERRAFORM, '6.99.0')}`);
    expect(versionsIn(renewed)).to.deep.equal([
      [OPENTOFU, entriesOf(committed).get(OPENTOFU)?.version],
      [TERRAFORM, '6.99.0'],
    ]);
    expect(renewed.split('\nprovider')[0]).to.equal(committed.split('\nprovider')[0]);
    expect(renew(renewed, committed)).to.equal(committed);
    expect(() => renew(committed, '')).to.throw('no provider is locked');
  });
});

describe('scripts/terraform/lock.ts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-lock-'));
    mkdirSync(join(folder, 'stacks', 'goal-activity-dev'), { recursive: true });
    writeFileSync(join(folder, 'stacks', 'goal-activity-dev', 'cdk.tf.json'), '{}');
    writeFileSync(join(folder, 'lock'), committed);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** With a stand-in for tofu that does what these lines of shell say, in the stack's folder. */
  function lock(lines: string) {
    const script = `#!/bin/sh\ncd "\${1#-chdir=}"\nshift\necho "$*" >> ${folder}/asked\n${lines}\n`;
    writeFileSync(join(folder, 'tofu'), script, { mode: 0o755 });
    const { NODE_COMPILE_CACHE = '' } = process.env;
    const env = { PATH: `${folder}:/usr/bin:/bin`, CDKTF_OUTDIR: folder, TOOL: 'tofu', NODE_COMPILE_CACHE };
    return spawnSync(process.execPath, [SCRIPT, join(folder, 'lock')], { env, encoding: 'utf8' });
  }

  it('takes the newest version that is allowed, for every platform, and says that the other tool has to follow', () => {
    const { status, stdout } = lock(
      `printf '${entry(OPENTOFU, '6.99.0').replaceAll('\n', '\\n')}' > .terraform.lock.hcl`,
    );
    const [version] = new Set([...entriesOf(committed).values()].map((of) => of.version));
    expect({ status, stdout }).to.deep.equal({
      status: 0,
      stdout:
        `${OPENTOFU}: ${version} -> 6.99.0\n${TERRAFORM}: ${version} -> ${version}\n` +
        'The registries differ: run this with the other tool, too.\n',
    });
    expect(readFileSync(join(folder, 'asked'), 'utf8')).to.equal(
      'init -upgrade -backend=false -input=false\n' +
        'providers lock -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_amd64 -platform=darwin_arm64\n',
    );
    expect(versionsIn(readFileSync(join(folder, 'lock'), 'utf8'))).to.deep.equal([
      [OPENTOFU, '6.99.0'],
      [TERRAFORM, version],
    ]);
  });

  it('comes back into a stack’s folder when another version was taken there, and not for what init left out', () => {
    const path = join(folder, '.terraform.lock.hcl');
    const own = renew('', `${entriesOf(committed).get(TERRAFORM)?.text}`);
    for (const [there, expected] of [
      [own, own],
      [entry(TERRAFORM, '6.99.0'), committed],
      ['', committed],
    ] as const) {
      writeFileSync(path, there);
      placeLockFile(folder);
      expect(readFileSync(path, 'utf8')).to.equal(expected);
    }
  });

  it('leaves the file alone when the tool fails', () => {
    const { status, stderr } = lock('exit 3');
    expect({ status, last: stderr.split('\n').at(-2) }).to.deep.equal({ status: 1, last: 'tofu ended with 3' });
    expect(readFileSync(join(folder, 'lock'), 'utf8')).to.equal(committed);
  });
});
