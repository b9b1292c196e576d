import { expect } from 'chai';
import { jobOf, runsOf, stageAction, stepsOf, stepWith, texts, workflowOf, workflows } from './workflow-files.ts';

const STAGES = '${{ fromJSON(needs.stages.outputs.stages) }}';
const SOME = "needs.stages.outputs.stages != '[]'";

const ONE_AT_A_TIME = { group: 'deploy-${{ inputs.stage }}', 'cancel-in-progress': false };

/** What jobs may do, when they run, and in what order. */
const JOBS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // What follows has a role, so it runs for those of this repository alone.
  'plan.stages': { if: 'github.event.pull_request.head.repo.full_name == github.repository', with: { roles: 'PLAN' } },
  'plan.plan': { needs: 'stages', if: SOME, strategy: { 'fail-fast': false, matrix: { include: STAGES } } },
  'plan.comment': { needs: 'plan', permissions: { 'pull-requests': 'write' } },
  'plan-stage.plan': { permissions: { contents: 'read', 'id-token': 'write' } },
  'deploy.stages': { with: { roles: 'PLAN DEPLOY' } },
  // One after the other in the order of the settings, and none after one that failed.
  'deploy.deploy': {
    needs: ['check', 'stages'],
    if: SOME,
    strategy: { 'max-parallel': 1, 'fail-fast': true, matrix: { include: STAGES } },
    secrets: 'inherit',
  },
  // Older tags that wait are out of the way before anything waits for the stage to be free.
  'deploy-stage.supersede': { permissions: { actions: 'write' } },
  'deploy-stage.plan': { needs: 'supersede', concurrency: ONE_AT_A_TIME },
  // The environment of the stage, where people approve and which the role trusts. They approve a plan that is there to be seen.
  'deploy-stage.deploy': {
    needs: 'plan',
    environment: '${{ inputs.stage }}',
    concurrency: ONE_AT_A_TIME,
    permissions: { contents: 'read', 'id-token': 'write' },
  },
  'drift.stages': { with: { roles: 'PLAN' } },
  'drift.deployed': { needs: 'stages', if: SOME, permissions: { deployments: 'read' } },
  'drift.plan': { needs: 'deployed', if: SOME.replace('stages', 'deployed') },
  'drift.report': {
    needs: ['deployed', 'plan'],
    if: "${{ !cancelled() && needs.plan.result != 'skipped' }}",
    permissions: { issues: 'write' },
  },
  'nightly.dates': {
    env: { ZONES: '${{ matrix.zone }}' },
    strategy: { 'fail-fast': false, matrix: { zone: ['UTC', 'Asia/Tokyo', 'America/St_Johns'] } },
  },
};

describe('workflows', () => {
  it('deploy version tags alone, and look for drift every night', () => {
    expect(workflowOf('deploy').on).to.deep.equal({ push: { tags: ['v*'] } });
    expect(workflowOf('drift').on).to.deep.include({ schedule: [{ cron: '23 18 * * *' }] });
  });

  it('run every test at other dates each night', () => {
    expect(workflowOf('nightly').on).to.deep.include({ schedule: [{ cron: '41 17 * * *' }] });
    expect(runsOf(jobOf('nightly.dates')).at(-1)).to.equal('bash .ci/nightly');
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

    it(`of ${name} call others with all that these ask, and nothing else`, () => {
      for (const job of Object.values(jobs).filter(({ uses }) => uses !== undefined)) {
        const called = workflowOf(String(job.uses).replace(/^.*\/|\.yml$/g, '')).on.workflow_call;
        const inputs: Readonly<Record<string, { readonly required?: boolean }>> = Object(called).inputs ?? {};
        const given = Object.keys(Object(job.with));
        expect(Object.keys(inputs)).to.include.members(given);
        expect(given).to.include.members(Object.keys(inputs).filter((input) => inputs[input]?.required));
      }
    });
  }

  it('install and build before there are credentials, by actions at a commit', () => {
    const { steps } = stageAction.runs;
    const credentials = steps.findIndex(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'));
    const synth = steps.findIndex(({ run }) => run?.startsWith('make synth'));
    expect(synth).to.be.within(0, credentials);
    for (const { uses } of steps.filter((step) => step.uses !== undefined)) expect(uses).to.match(/@[0-9a-f]{40}$/);
    for (const { run } of steps) expect(run ?? '').to.not.include('${{');
    for (const [path, job] of [...workflows].flatMap(([name, { jobs }]) =>
      Object.entries(jobs).map(([job, of]) => [`${name}.${job}`, of] as const),
    )) {
      const taken = stepsOf(job).filter(({ uses }) => uses?.includes('configure-aws-credentials'));
      expect(taken, path).to.deep.equal([]);
    }
  });

  it('take one version of each tool', () => {
    const steps = [
      ...stageAction.runs.steps,
      ...[...workflows.values()].flatMap(({ jobs }) => Object.values(jobs).flatMap(stepsOf)),
    ];
    for (const [action, option] of [
      ['actions/setup-node', 'node-version'],
      ['hashicorp/setup-terraform', 'terraform_version'],
    ] as const) {
      const used = steps
        .filter(({ uses }) => uses?.startsWith(`${action}@`))
        .map(({ with: options }) => options?.[option]);
      expect(new Set(used), action).to.have.property('size', 1);
    }
  });

  it('comment on a plan, and tell of drift, without running the code', () => {
    for (const path of ['plan.comment', 'drift.report'])
      expect(stepsOf(jobOf(path)).map(({ uses }) => uses?.split('@')[0])).to.deep.equal([
        'actions/download-artifact',
        'actions/github-script',
      ]);
  });

  it('ask nobody before there is a plan: only the job that applies is in an environment, and no workflow waits as a whole', () => {
    for (const [name, { jobs }] of workflows)
      for (const [job, { environment }] of Object.entries(jobs))
        if (`${name}.${job}` !== 'deploy-stage.deploy') expect(environment, `${name}.${job}`).to.equal(undefined);
    for (const name of ['deploy', 'deploy-stage']) expect(workflowOf(name)).to.not.have.property('concurrency');
  });

  it('keep a plan, which may hold what is secret, only where it is to be applied, and for three days', () => {
    const kept = stepWith('plan-stage.plan', '.tfplan\\n');
    expect(kept).to.deep.include({ if: 'inputs.keep' });
    expect(kept.with).to.deep.include({ 'retention-days': 3, name: 'kept-plan-${{ inputs.stage }}' });
    const keeping = [...workflows].flatMap(([name, { jobs }]) =>
      Object.values(jobs).flatMap((job) => (Object(job.with).keep === undefined ? [] : [name])),
    );
    expect(keeping).to.deep.equal(['deploy-stage']);
  });

  it('apply the very plan that was made, try the stage, move the aliases back when that fails, upload the page, and prune', () => {
    const job = jobOf('deploy-stage.deploy');
    const order = [
      'sha256sum --check',
      'make aliases SAVE=',
      'make deploy',
      'make smoke',
      'make aliases RESTORE=',
      '--exclude config.json',
      'make prune',
    ];
    const runs = stepsOf(job).flatMap(({ run }) => run ?? []);
    expect(order.map((command) => runs.findIndex((run) => run.includes(command)))).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(job).to.have.nested.property('env.PLAN_FILE', 'plan-${{ inputs.stage }}.tfplan');
    expect(stepWith('deploy-stage.deploy', 'kept-plan').with).to.deep.equal({ name: 'kept-plan-${{ inputs.stage }}' });
    expect(stepWith('deploy-stage.deploy', 'RESTORE=').if).to.equal("failure() && steps.apply.outcome != 'skipped'");
    expect(stepWith('deploy-stage.deploy', 'make deploy').id).to.equal('apply');
  });
});
