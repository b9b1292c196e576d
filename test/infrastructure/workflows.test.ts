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
  'plan.plan': {
    // It has a role, so it runs for those of this repository alone.
    if: 'github.event.pull_request.head.repo.full_name == github.repository',
    permissions: { contents: 'read', 'id-token': 'write' },
  },
  'plan.comment': { permissions: { 'pull-requests': 'write' } },
  'deploy.dev': { needs: 'check', with: { stage: 'dev' } },
  'deploy.prod': { needs: 'dev', with: { stage: 'prod' } },
  // The environment of the stage, where people approve and which the role trusts.
  'deploy-stage.deploy': { environment: '${{ inputs.stage }}' },
};

describe('workflows', () => {
  it('deploy version tags alone', () => {
    expect(workflows.get('deploy')?.on).to.deep.equal({ push: { tags: ['v*'] } });
  });

  for (const [path, expected] of Object.entries(JOBS)) {
    it(`have ${path} run where, after what and with the rights that it should`, () => {
      expect(jobOf(path)).to.deep.include(expected);
    });
  }

  for (const [name, { permissions, jobs }] of workflows) {
    it(`of ${name} run actions of others at a commit alone, with the version beside it`, () => {
      for (const [, used] of texts.get(name)?.matchAll(/uses: (.*)$/gm) ?? [])
        expect(used).to.match(/^(\.\/[\w./-]+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
    });

    it(`of ${name} give each job its own permissions and time, and nothing else any`, () => {
      expect(permissions).to.deep.equal({});
      for (const job of Object.values(jobs)) {
        expect(job.permissions).to.be.an('object');
        if (job.uses === undefined) expect(job['timeout-minutes']).to.be.within(1, 60);
      }
    });

    it(`of ${name} put nothing that a person wrote into a command, and leave no token in the checked-out folder`, () => {
      for (const run of Object.values(jobs).flatMap(runsOf)) expect(run).to.not.include('${{');
      const steps = Object.values(jobs).flatMap(stepsOf);
      for (const { with: options } of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
        expect(options).to.include({ 'persist-credentials': false });
    });
  }

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

  it('apply the very plan that was made, and leave what Terraform wrote into the bucket of the page', () => {
    const job = jobOf('deploy-stage.deploy');
    expect(job).to.have.nested.property('env.PLAN_FILE');
    expect(runsOf(job).join('\n')).to.match(/make plan .*make deploy .*--exclude config\.json .*--delete/s);
  });
});
