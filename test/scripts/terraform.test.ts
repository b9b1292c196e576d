import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Action, type Choice, commandsFor, findProgram, ToolError } from '../../scripts/terraform/tool.ts';

const STACK = { stack: 'goal-activity-dev', folder: '/out/stacks/goal-activity-dev' };
const NO_CHOICE: Choice = { tool: '', binary: '', autoApprove: false, planFile: '' };

/** The command lines for an action, where only these programs are there. */
function linesFor(action: Action, there: readonly string[], choice: Partial<Choice> = {}): string[] {
  const find = (program: string) => (there.includes(program) ? `/bin/${program}` : undefined);
  return commandsFor(action, STACK, { ...NO_CHOICE, ...choice }, find).map(({ file, arguments: rest }) =>
    [file, ...rest].join(' '),
  );
}

const CHDIR = '-chdir=/out/stacks/goal-activity-dev';

describe('choice of what runs Terraform', () => {
  it('is terraform where it is there, initialized first', () => {
    expect(linesFor('plan', ['terraform', 'tofu', 'npx'])).to.deep.equal([
      `/bin/terraform ${CHDIR} init -input=false`,
      `/bin/terraform ${CHDIR} plan -input=false`,
    ]);
  });

  it('is tofu where there is no terraform', () => {
    expect(linesFor('plan', ['tofu', 'npx'])[1]).to.equal(`/bin/tofu ${CHDIR} plan -input=false`);
  });

  it('is what TOOL says, although another is there', () => {
    expect(linesFor('plan', ['terraform', 'tofu'], { tool: 'tofu' })[1]).to.match(/^\/bin\/tofu /);
  });

  it('is the program that TERRAFORM_BINARY_NAME names', () => {
    expect(linesFor('plan', ['terraform', 'terraform1.14'], { binary: 'terraform1.14' })[1]).to.match(
      /^\/bin\/terraform1\.14 /,
    );
  });

  it('is cdktf through npx if asked for, with the terraform or tofu that it needs', () => {
    const find = (program: string) => (program === 'terraform' ? undefined : `/bin/${program}`);
    const [command, ...more] = commandsFor('plan', STACK, { ...NO_CHOICE, tool: 'cdktf' }, find);
    expect(more).to.deep.equal([]);
    expect(command).to.deep.equal({
      file: '/bin/npx',
      arguments: ['--yes', 'cdktf-cli@0.21.0', 'diff', 'goal-activity-dev'],
      environment: { CHECKPOINT_DISABLE: '1', TERRAFORM_BINARY_NAME: '/bin/tofu' },
    });
  });

  it('is never cdktf by itself, which cannot do without terraform or tofu', () => {
    expect(() => linesFor('plan', ['npx'])).to.throw(
      ToolError,
      /^terraform and tofu are not there\. Install Terraform/,
    );
  });

  for (const [title, there, choice, message] of [
    ['neither is there for cdktf', ['npx'], { tool: 'cdktf' }, 'cdktf runs one of them, too'],
    ['npx is not there for cdktf', ['terraform'], { tool: 'cdktf' }, 'TOOL=cdktf needs npx'],
    ['the named one is not there', ['terraform'], { tool: 'tofu' }, 'tofu is not there. Install Terraform'],
    ['TERRAFORM_BINARY_NAME is not there', ['terraform'], { binary: '/opt/tf' }, '/opt/tf is not there'],
    ['TOOL is something else', ['terraform'], { tool: 'pulumi' }, 'TOOL is "pulumi", but must be'],
    ['cdktf shall keep a plan', ['terraform', 'npx'], { tool: 'cdktf', planFile: '/p' }, 'PLAN_FILE needs terraform'],
  ] as const) {
    it(`says so when ${title}`, () => {
      expect(() => linesFor('deploy', there, choice)).to.throw(ToolError, message);
    });
  }

  it('lets no tool ask its maker for news', () => {
    const commands = commandsFor('deploy', STACK, NO_CHOICE, (program) => program);
    expect(commands.map(({ environment }) => environment)).to.deep.equal([
      { CHECKPOINT_DISABLE: '1' },
      { CHECKPOINT_DISABLE: '1' },
    ]);
  });
});

describe('a deploy', () => {
  it('asks first', () => {
    expect(linesFor('deploy', ['terraform'])[1]).to.equal(`/bin/terraform ${CHDIR} apply`);
    expect(linesFor('deploy', ['terraform', 'npx'], { tool: 'cdktf' })[0]).to.match(/ deploy goal-activity-dev$/);
  });

  it('does not ask with AUTO_APPROVE', () => {
    const choice = { autoApprove: true };
    expect(linesFor('deploy', ['terraform'], choice)[1]).to.match(/ apply -input=false -auto-approve$/);
    expect(linesFor('deploy', ['terraform', 'npx'], { ...choice, tool: 'cdktf' })[0]).to.match(/ --auto-approve$/);
  });

  it('applies exactly the plan that was kept, if there is one', () => {
    const choice = { planFile: '/plans/dev' };
    expect(linesFor('plan', ['terraform'], choice)[1]).to.match(/ plan -input=false -out=\/plans\/dev$/);
    expect(linesFor('deploy', ['terraform'], choice)[1]).to.match(/ apply -input=false \/plans\/dev$/);
  });
});

describe('scripts/terraform/terraform.ts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-terraform-'));
    const stack = join(folder, 'stacks', 'goal-activity-dev');
    mkdirSync(stack, { recursive: true });
    writeFileSync(join(stack, 'cdk.tf.json'), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program that prints its arguments and ends with a status, which depends on the command. */
  function makeTerraform(body: string): void {
    writeFileSync(join(folder, 'terraform'), `#!/bin/sh\necho "$2 $CHECKPOINT_DISABLE"\n${body}\n`);
    chmodSync(join(folder, 'terraform'), 0o755);
  }

  const { NODE_COMPILE_CACHE = '' } = process.env;
  const run = (environment: Readonly<Record<string, string>>, ...rest: readonly string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../scripts/terraform/terraform.ts'), ...rest], {
      env: { PATH: folder, CDKTF_OUTDIR: folder, STAGE: 'dev', NODE_COMPILE_CACHE, ...environment },
      encoding: 'utf8',
    });

  it('initializes and plans what was synthesized', () => {
    makeTerraform('exit 0');
    const { status, stdout } = run({}, 'plan');
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: 'init 1\nplan 1\n' });
  });

  it('stops at the first command that fails, with its status', () => {
    makeTerraform('exit 3');
    const { status, stdout } = run({}, 'deploy');
    expect({ status, stdout }).to.deep.equal({ status: 3, stdout: 'init 1\n' });
  });

  it('says what to install when nothing is there', () => {
    const { status, stderr } = run({}, 'plan');
    expect(status).to.equal(1);
    expect(stderr).to.match(/^terraform and tofu are not there\. Install Terraform 1\.10 or newer .*OpenTofu.*\n$/);
  });

  it('says what to do first when the stage was not synthesized, or keeps no state in a bucket', () => {
    makeTerraform('exit 0');
    expect(run({ STAGE: 'prod' }, 'plan').stderr).to.equal(
      'There is no stack goal-activity-prod: run make synth STAGE=prod\n',
    );
    expect(run({}, 'deploy', 'bootstrap').stderr).to.match(/set dev\.stateBucket in modules\/settings\.json/);
  });

  it('takes no other action', () => {
    expect(run({}, 'destroy')).to.include({ status: 1 });
    expect(run({}, 'plan', 'prod').stderr).to.match(/^usage: /);
  });
});

describe('findProgram', () => {
  it('finds what a shell would: executable files in the order of the folders, and paths as they are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'goal-activity-path-'));
    try {
      const [first, second] = [join(folder, 'a'), join(folder, 'b')];
      mkdirSync(join(first, 'tofu'), { recursive: true });
      mkdirSync(second);
      writeFileSync(join(first, 'terraform'), '', { mode: 0o644 });
      for (const name of ['terraform', 'tofu']) writeFileSync(join(second, name), '', { mode: 0o755 });
      const path = `${first}::${second}`;
      expect(findProgram('terraform', path)).to.equal(join(second, 'terraform'));
      expect(findProgram('tofu', path)).to.equal(join(second, 'tofu'));
      expect(findProgram(join(second, 'tofu'), '')).to.equal(join(second, 'tofu'));
      expect(findProgram(join(first, 'terraform'), path)).to.equal(undefined);
      expect(findProgram('cdktf', path)).to.equal(undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
