import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readStages } from '../../../modules/config.ts';

const SCRIPT = join(import.meta.dirname, '../../../scripts/terraform/run.ts');
const DOOMED = JSON.stringify({
  format_version: '1.2',
  resource_changes: [
    {
      address: 'aws_s3_bucket.archive',
      type: 'aws_s3_bucket',
      change: { actions: ['delete'], before: { force_destroy: true } },
    },
  ],
});

describe('scripts/terraform/run.ts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-terraform-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function synthesized(...stacks: readonly string[]) {
    for (const stack of stacks) {
      mkdirSync(join(folder, 'stacks', stack), { recursive: true });
      writeFileSync(join(folder, 'stacks', stack, 'cdk.tf.json'), '{}');
    }
  }
  /** Stands in for terraform: notes each call in the file `asked`, then does what these lines of shell say; `$2` is the command. */
  function fake(lines: string) {
    const tool = `#!/bin/sh\necho "\${*#-chdir=${folder}/stacks/}" >> ${folder}/asked\n${lines}\n`;
    writeFileSync(join(folder, 'terraform'), tool, { mode: 0o755 });
  }
  const asked = () => (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '');
  const environment = (more: object) => {
    const { NODE_COMPILE_CACHE = '' } = process.env;
    return { PATH: `${folder}:/usr/bin:/bin`, CDKTF_OUTDIR: folder, STAGE: 'dev', NODE_COMPILE_CACHE, ...more };
  };
  function run(given: string, { input = '', ...more }: Readonly<Record<string, string>> = {}) {
    const options = { env: environment(more), input, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, [SCRIPT, ...given.split(' ')], options);
  }

  it('initializes and plans what was synthesized, without asking the maker for news', () => {
    synthesized('goal-activity-dev');
    fake('echo "$2 $CHECKPOINT_DISABLE"');
    const { status, stdout } = run('plan');
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: 'init 1\nplan 1\n' });
    expect(asked()).to.equal('goal-activity-dev init -input=false\ngoal-activity-dev plan -input=false\n');
  });

  it('applies a bootstrap with its state in the bucket, where that is there', () => {
    synthesized('goal-activity-bootstrap-dev');
    fake('if [ "$2" = state ]; then echo aws_s3_bucket.state_bucket; fi');
    expect(run('deploy bootstrap').status).to.equal(0);
    const stack = 'goal-activity-bootstrap-dev';
    expect(asked()).to.equal(`${stack} init -reconfigure -input=false\n${stack} state list\n${stack} apply\n`);
  });

  it('has cdktn-cli plan by the same Terraform, from the root, where cdktf.json is', () => {
    synthesized('goal-activity-dev');
    fake('');
    writeFileSync(join(folder, 'npx'), '#!/bin/sh\necho "$TERRAFORM_BINARY_NAME $*"\ncat cdktf.json\n', {
      mode: 0o755,
    });
    const { status, stdout } = run('plan', { TOOL: 'cdktf' });
    expect(status).to.equal(0);
    expect(stdout).to.match(
      /^\S+\/terraform --yes cdktn-cli@\d+\.\d+\.\d+ diff goal-activity-dev\n\{[^}]*"app": "node main\.ts"/,
    );
  });

  it('stops at the first command that fails, with its status', () => {
    synthesized('goal-activity-dev');
    fake('exit 3');
    expect(run('deploy').status).to.equal(3);
    expect(asked()).to.equal('goal-activity-dev init -input=false\n');
  });

  it('shows what the command says of an error, framed for a terminal, and what to do about it', () => {
    synthesized('goal-activity-dev');
    const said = '│ \\033[1mError: Failed to get existing workspaces: S3 bucket "a-state-bucket"\\n│ does not exist.';
    fake(`printf '${said}\\n' >&2; exit 1`);
    const { status, stderr } = run('plan');
    expect(status).to.equal(1);
    expect(stderr).to.match(/│ does not exist\.\n\nThe bucket for the state of dev .*: make bootstrap STAGE=dev\n$/);
  });

  for (const [title, given, more, message] of [
    [
      'a stage that is not synthesized',
      'plan',
      {},
      /^There is no stack goal-activity-dev: run make synth STAGE=dev\n$/,
    ],
    ['a stage that nobody has', 'plan', { STAGE: 'x' }, /^STAGE is "x", but must be one of: /],
    [
      'an emulator behind a real stage',
      'plan',
      { AWS_ENDPOINT_URL: 'http://localhost:4566' },
      /^dev is a stage of AWS, but/,
    ],
    [
      'an emulator of one service',
      'destroy',
      { AWS_ENDPOINT_URL_S3: 'http://localhost' },
      /^dev is a stage of AWS, but/,
    ],
    [
      'the end of a protected stage',
      'destroy',
      { STAGE: 'prod' },
      /^prod is protected .* Read docs\/operations\.md, "Retire/,
    ],
    ['the end of the state', 'destroy bootstrap', {}, /^What holds the state of dev is not destroyed/],
    ['another action', 'apply', {}, /^usage: /],
    ['another stack', 'plan prod', {}, /^usage: /],
  ] as const) {
    it(`refuses ${title} before anything is run, with the message alone`, () => {
      if (!title.includes('synthesized'))
        synthesized('goal-activity-dev', 'goal-activity-prod', 'goal-activity-bootstrap-dev');
      fake('');
      const { status, stderr } = run(given, more);
      expect({ status, asked: asked() }).to.deep.equal({ status: 1, asked: '' });
      expect(stderr).to.match(message);
    });
  }

  it('lets the address of the emulator be there for its own stage', () => {
    synthesized('goal-activity-emulator');
    fake('');
    expect(run('plan', { STAGE: 'emulator', AWS_ENDPOINT_URL: 'http://localhost:4566' }).status).to.equal(0);
  });

  it('destroys what was shown, once the name of the stage is typed', () => {
    synthesized('goal-activity-dev');
    fake(`[ $2 = show ] && echo '${DOOMED}'; exit 0`);
    const { status, stderr } = run('destroy', { input: 'dev\n', TOOL: 'cdktf' });
    expect(status).to.equal(0);
    expect(stderr).to.match(/The 1 resources of dev .* with all the data in\n {2}aws_s3_bucket\.archive\n/);
    const [, planned] = /plan -destroy -input=false -out=(\S+)\n/.exec(asked()) ?? [];
    expect(asked().split('\n').slice(2)).to.deep.equal([
      `goal-activity-dev show -json ${planned}`,
      `goal-activity-dev apply -input=false ${planned}`,
      '',
    ]);
  });

  it('destroys nothing when anything else is typed, or nothing', () => {
    synthesized('goal-activity-dev');
    fake(`[ $2 = show ] && echo '${DOOMED}'; exit 0`);
    for (const input of ['yes\n', '']) {
      const { status, stderr } = run('destroy', { input, AUTO_APPROVE: '1' });
      expect(status, input).to.equal(1);
      expect(stderr).to.contain('dev was not typed: nothing is destroyed.');
    }
    expect(asked()).not.to.contain('apply');
  });

  it('validates the stacks of every stage without backend, with one copy of the provider', () => {
    const stacks = [...readStages()].flatMap(([stage, { stateBucket }]) => [
      `goal-activity-${stage}`,
      ...(stateBucket === undefined ? [] : [`goal-activity-bootstrap-${stage}`]),
    ]);
    synthesized(...stacks);
    fake('echo "$TF_DATA_DIR"');
    const { status, stdout } = run('validate', { AWS_ENDPOINT_URL: 'http://localhost:4566' });
    expect(status).to.equal(0);
    expect(asked()).to.equal(
      stacks.map((stack) => `${stack} init -backend=false -input=false\n${stack} validate\n`).join(''),
    );
    expect(new Set(stdout.trim().split('\n'))).to.deep.equal(
      new Set([join(folder, '.terraform'), `${stacks.length} stacks are valid.`]),
    );
  });

  for (const [title, signal, isToAll] of [
    ['Ctrl-C, which a terminal sends to all', 'SIGINT', true],
    ['the end of this process, which it passes on', 'SIGTERM', false],
  ] as const) {
    it(`waits for a command that ends in order after ${title}`, async () => {
      synthesized('goal-activity-dev');
      fake(`trap 'echo unlocked; exit 7' INT TERM; echo started; for i in $(seq 200); do sleep 0.05; done`);
      const child = spawn(process.execPath, [SCRIPT, 'plan'], { env: environment({}), detached: true });
      await once(child.stdout, 'data');
      process.kill((isToAll ? -1 : 1) * (child.pid ?? 0), signal);
      const [[said], [status]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')]);
      expect({ said: String(said), status }).to.deep.equal({ said: 'unlocked\n', status: 7 });
    });
  }

  it('explains itself', () => {
    const { status, stdout } = run('--help');
    expect({ status, stdout }).to.deep.include({ status: 0 });
    expect(stdout).to.match(/^usage: [\s\S]*PLAN_FILE/);
  });
});
