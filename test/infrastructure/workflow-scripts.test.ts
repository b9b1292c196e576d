import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { type Step, stepWith } from './workflow-files.ts';

const SETTINGS = {
  staging: { region: 'eu-west-1', website: true },
  emulator: { region: 'ap-northeast-1', website: false, emulator: true },
  dev: { region: 'ap-northeast-1', website: false, issuer: 'https://auth.example.com/' },
};
const ROLES = {
  PLAN_ROLE_ARN_STAGING: 'arn:1',
  DEPLOY_ROLE_ARN_STAGING: 'arn:2',
  PLAN_ROLE_ARN_DEV: 'arn:3',
  DEPLOY_ROLE_ARN_DEV: 'arn:4',
};
const STAGING = { stage: 'staging', region: 'eu-west-1', website: true, plan: 'arn:1', deploy: 'arn:2' };
const DEV = { stage: 'dev', region: 'ap-northeast-1', website: false, plan: 'arn:3', deploy: 'arn:4' };

describe('scripts of the workflows', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-workflows-'));
    mkdirSync(join(folder, 'modules'));
    mkdirSync(join(folder, 'plans'));
    writeFileSync(join(folder, 'modules', 'settings.json'), JSON.stringify(SETTINGS));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lines = (name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : [];

  /** Stands in for a program: notes its arguments in the file `asked`, then does what these lines of shell say. */
  function fake(program: string, shell = '') {
    writeFileSync(join(folder, program), `#!/bin/bash\necho "${program} $*" >> ${folder}/asked\n${shell}\n`, {
      mode: 0o755,
    });
  }

  /** Runs a step as GitHub does where it names no shell. */
  function run({ run: script = '' }: Step, environment: Readonly<Record<string, string>> = {}) {
    writeFileSync(join(folder, 'step.sh'), script);
    const GITHUB_OUTPUT = join(folder, 'output');
    const GITHUB_STEP_SUMMARY = join(folder, 'summary');
    const env = { PATH: `${folder}:/usr/bin:/bin`, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, ...environment };
    return spawnSync('bash', ['-e', 'step.sh'], { cwd: folder, env, encoding: 'utf8' });
  }

  describe('that finds the stages', () => {
    const find = (variables: object, roles = 'PLAN DEPLOY') => {
      const { status, stdout } = run(stepWith('stages.stages', 'ROLES'), {
        ROLES: roles,
        VARIABLES: JSON.stringify(variables),
      });
      const output = lines('output').at(-1) ?? '';
      return { status, stdout, stages: JSON.parse(output.replace('stages=', '')) };
    };

    it('takes all but an emulator’s, in the order of the file, with their regions and roles', () => {
      expect(find(ROLES)).to.deep.equal({ status: 0, stdout: '', stages: [STAGING, DEV] });
    });

    it('leaves out a stage without one of its roles, with a notice that says what to do', () => {
      const { DEPLOY_ROLE_ARN_STAGING, ...less } = ROLES;
      const { stdout, stages } = find(less);
      expect(stages).to.deep.equal([DEV]);
      expect(stdout).to.match(
        /^::notice title=staging is left out::The repository has no variable DEPLOY_ROLE_ARN_STAGING\. make bootstrap STAGE=staging /,
      );
      expect(find(less, 'PLAN').stages).to.have.length(2);
    });

    it('finds none in a repository without variables, and does not fail', () => {
      const { status, stdout, stages } = find({});
      expect({ status, stages }).to.deep.equal({ status: 0, stages: [] });
      expect(stdout.match(/^::notice /gm)).to.have.length(2);
    });
  });

  it('shows a plan in the summary, and notes what was planned by its checksum', () => {
    const stack = join(folder, 'cdktf.out', 'stacks', 'goal-activity-dev');
    mkdirSync(stack, { recursive: true });
    writeFileSync(join(stack, 'cdk.tf.json'), '{}');
    fake(
      'terraform',
      'echo; echo "  # aws_s3_bucket.a will be created"; echo "Plan: 1 to add, 0 to change, 0 to destroy."',
    );
    const { status } = run(stepWith('plan-stage.plan', 'GITHUB_STEP_SUMMARY'), {
      STAGE: 'dev',
      PLAN_FILE: 'plan-dev.tfplan',
    });
    expect(status).to.equal(0);
    expect(lines('summary')[0]).to.equal('### dev: Plan: 1 to add, 0 to change, 0 to destroy.');
    expect(lines('summary')).to.include('  # aws_s3_bucket.a will be created');
    const check = stepWith('deploy-stage.deploy', 'sha256sum');
    expect(run(check, { STAGE: 'dev' }).status).to.equal(0);
    writeFileSync(join(stack, 'cdk.tf.json'), '{"other": true}');
    expect(run(check, { STAGE: 'dev' }).status).to.equal(1);
  });

  describe('that supersedes older tags', () => {
    const RUNS = [
      { databaseId: 30, number: 6, headBranch: 'v0.9.0' },
      { databaseId: 31, number: 7, headBranch: 'v1.0.0' },
      { databaseId: 32, number: 8, headBranch: 'v1.0.1' },
      { databaseId: 33, number: 10, headBranch: 'v1.0.3' },
    ];
    const environment = {
      GITHUB_REPOSITORY: 'example/goal-activity',
      GITHUB_RUN_NUMBER: '9',
      GITHUB_REF_NAME: 'v1.0.2',
      STAGE: 'prod',
    };
    const step = stepWith('deploy-stage.supersede', 'gh run cancel');

    /** gh answers through its --jq: with RUNS, and that 30 waits for staging and the others for prod; `cancel` is what it does about a run. */
    const fakeGh = (cancel: string) =>
      fake(
        'gh',
        `answer() { jq -r "\${@: -1}" <<< "$json"; }
case "$*" in
  "run list"*) json='${JSON.stringify(RUNS)}'; answer "$@" ;;
  *runs/30/*) json='[{"environment":{"name":"staging"}}]'; answer "$@" ;;
  *pending_deployments*) json='[{"environment":{"name":"prod"}}]'; answer "$@" ;;
  *) ${cancel} ;;
esac`,
      );

    it('cancels those that wait for the stage, and none that is newer or waits for another stage', () => {
      fakeGh(':');
      const { status, stdout } = run(step, environment);
      expect(status).to.equal(0);
      expect(lines('asked')[0]).to.include(
        'run list --repo example/goal-activity --workflow deploy.yml --status waiting',
      );
      expect(lines('asked').filter((line) => line.includes('cancel'))).to.deep.equal([
        'gh run cancel 31 --repo example/goal-activity',
        'gh run cancel 32 --repo example/goal-activity',
      ]);
      expect(stdout).to.include('::notice title=v1.0.1 is superseded::').and.include('v1.0.2 is newer');
    });

    it('goes on with a warning when one cannot be cancelled, and not at all when they cannot be listed', () => {
      fakeGh('exit 1');
      const { status, stdout } = run(step, environment);
      expect(status).to.equal(0);
      expect(stdout.match(/::warning title=v1\.0\.\d still waits::/g)).to.have.length(2);
      fake('gh', 'exit 1');
      expect(run(step, environment).status).to.equal(1);
    });
  });

  describe('that tries a stage after its deploy', () => {
    const step = stepWith('deploy-stage.deploy', 'make smoke');
    for (const [what, stage, client, asked] of [
      ['with a user pool of its own', 'staging', '', ['make smoke STAGE=staging']],
      ['with another issuer, by a client there', 'dev', 'client', ['make smoke STAGE=dev']],
      ['with another issuer but no client, not at all', 'dev', '', []],
    ] as const) {
      it(`tries one ${what}`, () => {
        fake('make');
        const { status, stdout } = run(step, { STAGE: stage, SMOKE_CLIENT_ID: client });
        expect(status).to.equal(0);
        expect(lines('asked')).to.deep.equal(asked);
        expect(stdout.startsWith('::warning title=dev was not tried::')).to.equal(asked.length === 0);
      });
    }

    it('fails when the stage does', () => {
      fake('make', 'exit 1');
      expect(run(step, { STAGE: 'staging' }).status).to.equal(1);
    });
  });

  it('finds the commit of each stage’s last good deploy, and leaves out a stage without one', () => {
    const nodes = [
      { state: 'FAILURE', commitOid: 'c3' },
      { state: 'ACTIVE', commitOid: 'c2' },
      { state: 'INACTIVE', commitOid: 'c1' },
    ];
    const answer = JSON.stringify({ data: { repository: { deployments: { nodes } } } });
    const nothing = answer.replaceAll('ACTIVE', 'FAILURE');
    fake('gh', `case "$*" in *stage=dev*) a='${answer}' ;; *) a='${nothing}' ;; esac; echo "$a" | jq -r "\${@: -1}"`);
    const { status, stdout } = run(stepWith('drift.deployed', 'graphql'), {
      STAGES: JSON.stringify([STAGING, DEV]),
      GITHUB_REPOSITORY: 'example/goal-activity',
    });
    expect(status).to.equal(0);
    expect(lines('output')).to.deep.equal([`stages=${JSON.stringify([{ ...DEV, ref: 'c2' }])}`]);
    expect(stdout).to.match(/^::notice title=staging is left out::/);
  });

  describe('that tells of drift', () => {
    const CLEAN = 'No changes. Your infrastructure matches the configuration.\n';
    const DRIFT = '  # aws_sqs_queue.a will be updated in-place\nPlan: 0 to add, 1 to change, 0 to destroy.\n';
    const OPEN = { number: 4, body: '<!-- goal-activity drift -->\nolder' };
    const OTHER = { number: 3, body: null };

    /** @returns what was asked of GitHub, as `method number: text` */
    async function tell(plans: Readonly<Record<string, string>>, issues: readonly object[]) {
      for (const [stage, plan] of Object.entries(plans))
        writeFileSync(join(folder, 'plans', `plan-${stage}.txt`), plan);
      const asked: string[] = [];
      const note =
        (method: string) => async (of: { issue_number?: number; title?: string; body?: string; state?: string }) => {
          asked.push(`${method} ${of.issue_number ?? 'new'}: ${of.state ?? of.title ?? of.body?.split(' (')[0]}`);
        };
      const github = {
        paginate: sinon.stub().resolves(issues),
        rest: {
          issues: { listForRepo: {}, update: note('update'), create: note('create'), createComment: note('comment') },
        },
      };
      const context = { repo: { owner: 'example', repo: 'goal-activity' }, serverUrl: 'https://github.com', runId: 1 };
      const stages = ['dev', 'prod'].map((stage) => ({ stage, ref: 'c2' }));
      const script = String(stepWith('drift.report', 'github-script').with?.script).replaceAll(
        '`plans/',
        `\`${folder}/plans/`,
      );
      const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
      const process = { env: { STAGES: JSON.stringify(stages) } };
      await new AsyncFunction('github', 'context', 'require', 'process', script)(
        github,
        context,
        createRequire(import.meta.url),
        process,
      );
      return asked;
    }

    for (const [title, plans, issues, expected] of [
      ['opens an issue for the stages that differ', { dev: CLEAN, prod: DRIFT }, [OTHER], ['create new: Drift: prod']],
      ['has one issue alone', { dev: DRIFT, prod: DRIFT }, [OTHER, OPEN], ['update 4: Drift: dev, prod']],
      [
        'closes it when every stage is as it was deployed',
        { dev: CLEAN, prod: CLEAN },
        [OPEN],
        ['comment 4: Every stage is as it was deployed', 'update 4: closed'],
      ],
      ['leaves it open while a plan failed', { dev: CLEAN }, [OPEN], []],
      ['says nothing when nothing differs', { dev: CLEAN, prod: CLEAN }, [OTHER], []],
    ] as const) {
      it(title, async () => {
        expect(await tell(plans, issues)).to.deep.equal(expected);
      });
    }
  });
});
