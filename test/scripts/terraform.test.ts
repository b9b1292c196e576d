import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  type Action,
  type Choice,
  commandsFor,
  findProgram,
  findStack,
  parseArguments,
  ToolError,
} from '../../scripts/terraform/tool.ts';

const STACK = { stack: 'goal-activity-dev', folder: '/out/stacks/goal-activity-dev' };
const NO_CHOICE: Choice = { tool: '', binary: '', autoApprove: false, planFile: '' };
const CHDIR = '-chdir=/out/stacks/goal-activity-dev';

/** The commands for an action, where only these programs are there. */
function commands(action: Action, there: string, choice: Partial<Choice> = {}) {
  const find = (program: string) => (there.split(' ').includes(program) ? `/bin/${program}` : undefined);
  return commandsFor(action, STACK, { ...NO_CHOICE, ...choice }, find);
}

const CDKTF = 'npx --yes cdktf-cli@0.21.0';
const APPROVED = { autoApprove: true };
const APPROVED_CDKTF = { tool: 'cdktf', ...APPROVED };
const PLANNED = { planFile: '/plan' };

describe('choice of what runs Terraform', () => {
  for (const [title, action, there, choice, expected] of [
    ['is terraform where it is there', 'plan', 'terraform tofu npx', {}, 'terraform plan -input=false'],
    ['is tofu where there is no terraform', 'plan', 'tofu npx', {}, 'tofu plan -input=false'],
    ['is what TOOL says', 'plan', 'terraform tofu', { tool: 'tofu' }, 'tofu plan -input=false'],
    ['is what TERRAFORM_BINARY_NAME names', 'plan', 'terraform tf1', { binary: 'tf1' }, 'tf1 plan -input=false'],
    ['is cdktf if asked for', 'plan', 'tofu npx', { tool: 'cdktf' }, `${CDKTF} diff goal-activity-dev`],
    ['asks before a deploy', 'deploy', 'terraform', {}, 'terraform apply'],
    ['asks by cdktf', 'deploy', 'terraform npx', { tool: 'cdktf' }, `${CDKTF} deploy goal-activity-dev`],
    ['asks nothing with AUTO_APPROVE', 'deploy', 'tofu', APPROVED, 'tofu apply -input=false -auto-approve'],
    ['nor by cdktf', 'deploy', 'tofu npx', APPROVED_CDKTF, `${CDKTF} deploy goal-activity-dev --auto-approve`],
    ['keeps a plan', 'plan', 'terraform', PLANNED, 'terraform plan -input=false -out=/plan'],
    ['applies the plan that was kept', 'deploy', 'terraform', PLANNED, 'terraform apply -input=false /plan'],
  ] as const) {
    it(title, () => {
      const [binary = '', ...rest] = expected.split(' ');
      const inFolder = [['init', '-input=false'], rest].map((line) => [`/bin/${binary}`, CHDIR, ...line]);
      const lines = commands(action, there, choice).map(({ file, arguments: given }) => [file, ...given]);
      expect(lines).to.deep.equal(binary === 'npx' ? [['/bin/npx', ...rest]] : inFolder);
    });
  }

  for (const [title, there, choice, message] of [
    ['neither is there', 'npx', {}, 'terraform and tofu are not there. Install Terraform 1.10'],
    ['neither is there for cdktf', 'npx', { tool: 'cdktf' }, 'cdktf runs one of them, too'],
    ['npx is not there for cdktf', 'terraform', { tool: 'cdktf' }, 'TOOL=cdktf needs npx'],
    ['the named one is not there', 'terraform', { tool: 'tofu' }, 'tofu is not there. Install Terraform'],
    ['TERRAFORM_BINARY_NAME is not there', 'terraform', { binary: '/opt/tf' }, '/opt/tf is not there'],
    ['TOOL is something else', 'terraform', { tool: 'pulumi' }, 'TOOL is "pulumi", but must be'],
    ['cdktf shall keep a plan', 'terraform npx', { tool: 'cdktf', planFile: '/p' }, 'PLAN_FILE needs terraform'],
  ] as const) {
    it(`says so when ${title}`, () => {
      expect(() => commands('deploy', there, choice)).to.throw(ToolError, message);
    });
  }

  it('tells cdktf which Terraform to run, and not to ask its maker for news', () => {
    const [command] = commands('deploy', 'tofu npx', { tool: 'cdktf' });
    expect(command?.environment).to.deep.equal({ CHECKPOINT_DISABLE: '1', TERRAFORM_BINARY_NAME: '/bin/tofu' });
  });
});

describe('scripts/terraform/run.ts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-terraform-'));
    mkdirSync(join(folder, 'stacks', 'goal-activity-dev'), { recursive: true });
    writeFileSync(join(folder, 'stacks', 'goal-activity-dev', 'cdk.tf.json'), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs it with a terraform that prints its arguments and ends with a status. */
  function run(status: number, ...rest: readonly string[]) {
    const terraform = `#!/bin/sh\necho "$2 $CHECKPOINT_DISABLE"\nexit ${status}\n`;
    writeFileSync(join(folder, 'terraform'), terraform, { mode: 0o755 });
    const { NODE_COMPILE_CACHE = '' } = process.env;
    const script = join(import.meta.dirname, '../../scripts/terraform/run.ts');
    return spawnSync(process.execPath, [script, ...rest], {
      env: { PATH: folder, CDKTF_OUTDIR: folder, STAGE: 'dev', NODE_COMPILE_CACHE },
      encoding: 'utf8',
    });
  }

  it('initializes and plans what was synthesized', () => {
    const { status, stdout } = run(0, 'plan');
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: 'init 1\nplan 1\n' });
  });

  it('stops at the first command that fails, with its status', () => {
    const { status, stdout } = run(3, 'deploy');
    expect({ status, stdout }).to.deep.equal({ status: 3, stdout: 'init 1\n' });
  });

  it('ends with 1 and the message alone when a person can mend it', () => {
    const { status, stderr } = run(0, 'deploy', 'bootstrap');
    expect(status).to.equal(1);
    expect(stderr).to.match(/^There is no stack goal-activity-bootstrap-dev: set dev\.stateBucket in .*\n$/);
  });

  it('says what to do first when the stage was not synthesized', () => {
    expect(() => findStack(folder, 'prod', false)).to.throw(ToolError, 'run make synth STAGE=prod');
  });

  it('takes no other action', () => {
    for (const rest of [['destroy'], ['plan', 'prod'], []])
      expect(() => parseArguments(rest)).to.throw(ToolError, /^usage: /);
  });

  it('finds programs as a shell does: executable files in the folders of the PATH, and paths as they are', () => {
    const tofu = join(folder, 'bin', 'tofu');
    mkdirSync(join(folder, 'tofu'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(tofu, '', { mode: 0o755 });
    expect(findProgram('tofu', `${folder}::${join(folder, 'bin')}`)).to.equal(tofu);
    expect(findProgram(tofu, '')).to.equal(tofu);
    expect(findProgram('cdktf', folder)).to.equal(undefined);
  });
});
