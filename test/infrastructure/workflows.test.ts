import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly needs?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly if?: string;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

function read(path: string): { text: string; workflow: Workflow } {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { text, workflow: parse(text) };
}

const workflows = Object.fromEntries(
  globSync('.github/workflows/*.yml', { cwd: ROOT }).map((path) => [basename(path, '.yml'), read(path)]),
);

function jobOf(name: string, job: string): Job {
  const found = workflows[name]?.workflow.jobs[job];
  if (found === undefined) throw new Error(`no job ${job} in ${name}`);
  return found;
}

const stepsOf = (job: Job) => job.steps ?? [];
const runsOf = (job: Job) => stepsOf(job).flatMap(({ run }) => run ?? []);

describe('workflows', () => {
  it('are those that check, plan and deploy', () => {
    expect(Object.keys(workflows)).to.have.members(['check', 'plan', 'deploy', 'deploy-stage']);
  });

  for (const [name, { text, workflow }] of Object.entries(workflows)) {
    it(`of ${name} run actions of others at a commit alone, with the version beside it`, () => {
      const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, used]) => used);
      for (const used of uses) expect(used).to.match(/^(\.\/[\w./-]+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
    });

    it(`of ${name} give each job its own permissions, and nothing else any`, () => {
      expect(workflow.permissions).to.deep.equal({});
      for (const job of Object.values(workflow.jobs)) {
        expect(job.permissions).to.be.an('object');
        if (job.uses === undefined) expect(job['timeout-minutes']).to.be.within(1, 60);
      }
    });

    it(`of ${name} put nothing that a person wrote into a command`, () => {
      for (const run of Object.values(workflow.jobs).flatMap(runsOf)) expect(run).to.not.include('${{');
    });

    it(`of ${name} leave no token behind in the checked-out folder`, () => {
      const checkouts = Object.values(workflow.jobs)
        .flatMap(stepsOf)
        .filter(({ uses }) => uses?.startsWith('actions/checkout@'));
      for (const { with: options } of checkouts) expect(options).to.include({ 'persist-credentials': false });
    });

    it(`of ${name} run make targets that there are`, () => {
      const targets = [...readFileSync(join(ROOT, 'Makefile'), 'utf8').matchAll(/^([a-z]+):/gm)].map(
        ([, target]) => target,
      );
      const run = Object.values(workflow.jobs).flatMap(runsOf).join('\n');
      for (const [, target] of run.matchAll(/\bmake ([a-z]+)/g)) expect(targets).to.include(target);
    });
  }
});

describe('workflow check', () => {
  it('runs on pushes and pull requests what CI runs everywhere, and a second interpreter, both of which can only read', () => {
    expect(workflows.check?.workflow.on).to.include.keys('push', 'pull_request');
    const { check, conformance } = workflows.check?.workflow.jobs ?? {};
    expect([check, conformance].map((job = {}) => [runsOf(job), job.permissions])).to.deep.equal([
      [['bash .ci/run'], { contents: 'read' }],
      [['make conformance'], { contents: 'read' }],
    ]);
  });
});

describe('workflow plan', () => {
  it('runs on pull requests, for those of this repository alone, since it has a role', () => {
    expect(workflows.plan?.workflow.on).to.have.keys('pull_request');
    expect(jobOf('plan', 'plan').if).to.equal('github.event.pull_request.head.repo.full_name == github.repository');
  });

  it('plans with a role and no write access to the repository, and comments without running the code', () => {
    expect(jobOf('plan', 'plan').permissions).to.deep.equal({ contents: 'read', 'id-token': 'write' });
    const comment = jobOf('plan', 'comment');
    expect(comment.permissions).to.deep.equal({ 'pull-requests': 'write' });
    expect(stepsOf(comment).map(({ uses }) => uses?.split('@')[0])).to.deep.equal([
      'actions/download-artifact',
      'actions/github-script',
    ]);
  });

  it('installs and builds before it has credentials', () => {
    for (const [name, job] of [
      ['plan', 'plan'],
      ['deploy-stage', 'deploy'],
    ] as const) {
      const steps = stepsOf(jobOf(name, job));
      const credentials = steps.findIndex(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'));
      const synth = steps.findIndex(({ run }) => run?.startsWith('make synth'));
      expect(synth, name).to.be.within(0, credentials);
    }
  });
});

describe('workflow deploy', () => {
  it('runs on version tags alone: checks, then dev, then prod', () => {
    expect(workflows.deploy?.workflow.on).to.deep.equal({ push: { tags: ['v*'] } });
    expect(jobOf('deploy', 'dev')).to.include({ needs: 'check', uses: './.github/workflows/deploy-stage.yml' });
    expect(jobOf('deploy', 'prod')).to.include({ needs: 'dev', uses: './.github/workflows/deploy-stage.yml' });
    expect(jobOf('deploy', 'dev').with).to.deep.equal({ stage: 'dev' });
    expect(jobOf('deploy', 'prod').with).to.deep.equal({ stage: 'prod' });
  });

  it('works in the environment of the stage, where people approve and which the role trusts', () => {
    expect(jobOf('deploy-stage', 'deploy').environment).to.equal('${{ inputs.stage }}');
  });

  it('applies the very plan that it made', () => {
    const job = jobOf('deploy-stage', 'deploy');
    expect(job).to.have.nested.property('env.PLAN_FILE');
    const made = runsOf(job).filter((run) => /^make (plan|deploy)/.test(run));
    expect(made).to.deep.equal(['make plan STAGE=$STAGE', 'make deploy STAGE=$STAGE']);
  });

  it('uploads the page without touching what Terraform wrote into its bucket', () => {
    const upload = runsOf(jobOf('deploy-stage', 'deploy')).find((run) => run.includes('aws s3 sync')) ?? '';
    expect(upload).to.match(/--exclude config\.json .*--delete/);
  });
});
