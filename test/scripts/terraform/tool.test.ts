import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import cdktn from '../../../scripts/cdktn/package.json' with { type: 'json' };
import { type Choice, commandsFor } from '../../../scripts/terraform/commands.ts';
import { readDoomed } from '../../../scripts/terraform/destroy.ts';
import { advice } from '../../../scripts/terraform/execute.ts';
import { findProgram, findStack, ToolError } from '../../../scripts/terraform/tool.ts';

const STACK = { stack: 'goal-activity-dev', folder: '/out/stacks/goal-activity-dev' };
const NO_CHOICE: Choice = { tool: '', binary: '', autoApprove: false, planFile: '' };
const CHDIR = '-chdir=/out/stacks/goal-activity-dev';

/** The commands for an action, where only these programs are there. */
function commands(action: 'plan' | 'deploy' | 'destroy', there: string, choice: Partial<Choice> = {}) {
  const find = (program: string) => (there.split(' ').includes(program) ? `/bin/${program}` : undefined);
  return commandsFor(action, STACK, { ...NO_CHOICE, ...choice }, find);
}

const CDKTF = `npx --yes cdktn-cli@${cdktn.dependencies.cdktn}`;
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
    ['plans what is destroyed', 'destroy', 'tofu', PLANNED, 'tofu plan -destroy -input=false -out=/plan'],
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
    ['cdktf shall keep a plan', 'terraform npx', { tool: 'cdktf', planFile: '/p' }, 'leave TOOL=cdktf out'],
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

describe('what a person is told to do', () => {
  for (const [title, said, expected] of [
    [
      'a missing state bucket, as Terraform says it',
      'S3 bucket "some-bucket" does not exist.',
      /make bootstrap STAGE=dev$/,
    ],
    ['a missing state bucket, as OpenTofu says it', 'S3 bucket does not exist. The', /make bootstrap STAGE=dev$/],
    [
      'missing credentials',
      'Error: No valid credential sources found Please see https://developer.hashicorp.com/terraform/language/backend/s3',
      /Sign in to the account of dev first/,
    ],
    [
      'a registry that is not reached',
      'Could not resolve provider hashicorp/aws: could not connect to registry.opentofu.org: failed to request',
      /^The AWS provider could not be fetched/,
    ],
    [
      'a registry that is not reached for a locked version',
      'could not query provider registry for registry.terraform.io/hashicorp/aws: the request failed after 2 attempts',
      /^The AWS provider could not be fetched/,
    ],
    [
      'an error that says enough',
      'Error: ExpiredToken: The security token included in the request is expired',
      undefined,
    ],
  ] as const) {
    it(`is right for ${title}`, () => {
      const advised = advice(said, 'dev');
      if (expected === undefined) expect(advised).to.equal(undefined);
      else expect(advised).to.match(expected);
    });
  }
});

describe('what a plan destroys', () => {
  const change = (type: string, before: object | null, actions = ['delete']) => ({
    address: `${type}.of-dev`,
    type,
    change: { actions, before },
  });
  const read = (...changes: readonly object[]) =>
    readDoomed('dev', JSON.stringify({ format_version: '1.2', resource_changes: changes }));

  it('is told by its addresses, and apart by what holds data', () => {
    const bucket = change('aws_s3_bucket', { force_destroy: true });
    expect(read(bucket, change('aws_sqs_queue', {}), change('aws_iam_role', {}, ['no-op']))).to.deep.equal({
      all: ['aws_s3_bucket.of-dev', 'aws_sqs_queue.of-dev'],
      data: ['aws_s3_bucket.of-dev'],
    });
  });

  for (const [type, before] of [
    ['aws_s3_bucket', { force_destroy: false }],
    ['aws_dynamodb_table', { deletion_protection_enabled: true }],
    ['aws_cognito_user_pool', { deletion_protection: 'ACTIVE' }],
  ] as const) {
    it(`is refused while ${type} is still protected where it is deployed`, () => {
      const free = change('aws_s3_bucket', { force_destroy: true });
      expect(() => read(free, change(type, before))).to.throw(
        ToolError,
        `still protected where they are deployed: ${type}.of-dev.`,
      );
    });
  }

  it('is refused when it is nothing, or no plan', () => {
    expect(() => readDoomed('dev', '{"format_version":"1.2"}')).to.throw(ToolError, 'dev has nothing to destroy');
    expect(() => readDoomed('dev', '{"format_version":"1.2","resource_changes":{}}')).to.throw(ToolError, 'is no plan');
  });
});

describe('finding', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-terraform-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('a stack that was not synthesized says what to do first', () => {
    expect(() => findStack(folder, 'prod', false)).to.throw(ToolError, 'run make synth STAGE=prod');
    expect(() => findStack(folder, 'dev', true)).to.throw(
      ToolError,
      /^There is no stack goal-activity-bootstrap-dev: set dev\.stateBucket in /,
    );
  });

  it('programs is done as a shell does: executable files in the folders of the PATH, and paths as they are', () => {
    const tofu = join(folder, 'bin', 'tofu');
    mkdirSync(join(folder, 'tofu'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(tofu, '', { mode: 0o755 });
    expect(findProgram('tofu', `${folder}::${join(folder, 'bin')}`)).to.equal(tofu);
    expect(findProgram(tofu, '')).to.equal(tofu);
    expect(findProgram('cdktf', folder)).to.equal(undefined);
  });
});
