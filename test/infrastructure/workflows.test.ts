import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { ROOT, read } from '../documents.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job extends Readonly<Record<string, unknown>> {
  readonly uses?: string;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const texts = new Map(
  globSync('.github/workflows/*.yml', { cwd: ROOT }).map((path) => [basename(path, '.yml'), read(path)]),
);
const workflows = new Map([...texts].map(([name, text]): [string, Workflow] => [name, parse(text)]));

function jobOf(path: string): Job {
  const [workflow = '', job = ''] = path.split('.');
  const found = workflows.get(workflow)?.jobs[job];
  if (found === undefined) throw new Error(`no job ${path}`);
  return found;
}

const stepsOf = ({ steps = [] }: Job) => steps;
const runsOf = (job: Job) => stepsOf(job).flatMap(({ run }) => run ?? []);

/** What jobs may do, when they run, and in what order. */
const JOBS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'check.check': { permissions: { contents: 'read' } },
  'check.conformance': { permissions: { contents: 'read' } },
  'plan.plan': {
    // It has a role, so it runs for those of this repository alone.
    if: 'github.event.pull_request.head.repo.full_name == github.repository',
    permissions: { contents: 'read', 'id-token': 'write' },
  },
  'plan.comment': { permissions: { 'pull-requests': 'write' } },
  'deploy.dev': { needs: 'check', uses: './.github/workflows/deploy-stage.yml', with: { stage: 'dev' } },
  'deploy.prod': { needs: 'dev', uses: './.github/workflows/deploy-stage.yml', with: { stage: 'prod' } },
  // The environment of the stage, where people approve and which the role trusts.
  'deploy-stage.deploy': { environment: '${{ inputs.stage }}' },
};

describe('workflows', () => {
  it('are those that check on pushes and pull requests, plan on pull requests, and deploy version tags', () => {
    expect([...workflows.keys()]).to.have.members(['check', 'plan', 'deploy', 'deploy-stage']);
    expect(workflows.get('check')?.on).to.include.keys('push', 'pull_request');
    expect(workflows.get('plan')?.on).to.have.keys('pull_request');
    expect(workflows.get('deploy')?.on).to.deep.equal({ push: { tags: ['v*'] } });
  });

  for (const [path, expected] of Object.entries(JOBS)) {
    it(`have ${path} run where, after what and with the rights that it should`, () => {
      expect(jobOf(path)).to.deep.include(expected);
    });
  }

  for (const [name, { permissions, jobs }] of workflows) {
    const steps = Object.values(jobs).flatMap(stepsOf);
    const runs = Object.values(jobs).flatMap(runsOf);

    it(`of ${name} run actions of others at a commit alone, with the version beside it`, () => {
      for (const [, used] of texts.get(name)?.matchAll(/uses: (.*)$/gm) ?? [])
        expect(used).to.match(/^(\.\/[\w./-]+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
    });

    it(`of ${name} give each job its own permissions, and nothing else any`, () => {
      expect(permissions).to.deep.equal({});
      for (const job of Object.values(jobs)) {
        expect(job.permissions).to.be.an('object');
        if (job.uses === undefined) expect(job['timeout-minutes']).to.be.within(1, 60);
      }
    });

    it(`of ${name} put nothing that a person wrote into a command, and leave no token in the checked-out folder`, () => {
      for (const run of runs) expect(run).to.not.include('${{');
      for (const { with: options } of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
        expect(options).to.include({ 'persist-credentials': false });
    });

    it(`of ${name} run make targets that there are`, () => {
      const targets = [...read('Makefile').matchAll(/^([a-z]+):/gm)].map(([, target]) => target);
      for (const [, target] of runs.join('\n').matchAll(/\bmake ([a-z]+)/g)) expect(targets).to.include(target);
    });
  }

  it('check what CI runs everywhere, and ask a second interpreter', () => {
    expect(['check.check', 'check.conformance'].map(jobOf).flatMap(runsOf)).to.deep.equal([
      'bash .ci/run',
      'make conformance',
    ]);
  });

  for (const path of ['plan.plan', 'deploy-stage.deploy']) {
    it(`install and build in ${path} before there are credentials`, () => {
      const steps = stepsOf(jobOf(path));
      const credentials = steps.findIndex(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'));
      const synth = steps.findIndex(({ run }) => run?.startsWith('make synth'));
      expect(synth).to.be.within(0, credentials);
    });
  }

  it('comment on a plan without running the code', () => {
    expect(stepsOf(jobOf('plan.comment')).map(({ uses }) => uses?.split('@')[0])).to.deep.equal([
      'actions/download-artifact',
      'actions/github-script',
    ]);
  });

  it('apply the very plan that was made, and upload the page without touching what Terraform wrote into its bucket', () => {
    const job = jobOf('deploy-stage.deploy');
    expect(job).to.have.nested.property('env.PLAN_FILE');
    const runs = runsOf(job);
    expect(runs.filter((run) => /^make (plan|deploy)/.test(run))).to.deep.equal([
      'make plan STAGE=$STAGE',
      'make deploy STAGE=$STAGE',
    ]);
    expect(runs.find((run) => run.includes('aws s3 sync'))).to.match(/--exclude config\.json .*--delete/);
  });
});
