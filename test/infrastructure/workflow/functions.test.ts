import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, TerraformStack } from 'cdktf';
import { expect } from 'chai';
import { loadConfig } from '../../../modules/config.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { synthesize } from '../../../modules/stack.ts';
import { SynthError } from '../../../modules/synth-error.ts';
import { LAMBDA_LIMITS, PublishedFunction } from '../../../modules/workflow/functions.ts';
import { withFolders } from '../folders.ts';
import {
  dev,
  fieldOf,
  prod,
  reference,
  resourceOf,
  resourcesOf,
  synthesizeStage,
  underscored,
} from '../synthesized.ts';

const GOALS = { GOALS_TABLE: reference('aws_dynamodb_table.tables_goals.name') };
const TASKS = { TASKS_TABLE: reference('aws_dynamodb_table.tables_tasks.name') };
const EXECUTIONS = { EXECUTIONS_TABLE: reference('aws_dynamodb_table.tables_workflow_executions.name') };
const ALERTS = { ALERTS_TOPIC_ARN: reference('aws_sns_topic.topics_alerts.arn') };
const PRICES = { USD_PER_MILLION_INPUT_TOKENS: '1.1', USD_PER_MILLION_OUTPUT_TOKENS: '5.5' };
const METRICS = { METRICS_NAMESPACE: 'GoalActivity/dev', ...PRICES };
const RUNBOOK = { RUNBOOK_URL: 'https://github.com/example/goal-activity/blob/main/docs/operations.md' };
const MACHINE = { STATE_MACHINE_ARN: reference('aws_sfn_alias.workflow_live.arn') };
const REPAIR = {
  ...MACHINE,
  EXECUTION_TIMEOUT_MS: '900000',
  START_GRACE_MS: '10000',
};
const AI = { MODEL_ID: 'jp.anthropic.claude-haiku-4-5-20251001-v1:0', AI_TIMEOUT_MS: '115000' };
const BATCH = { BATCH_TIMEOUT_MS: '300000', PROGRESS_GRACE_MS: '10000' };

/** Memory in MB, timeout in seconds, environment besides LOG_LEVEL. */
const EXPECTED: Readonly<
  Record<string, readonly [memory: number, timeout: number, variables: Record<string, string>]>
> = {
  'start-workflow': [512, 25, { ...GOALS, ...TASKS, ...EXECUTIONS, ...REPAIR, MAX_RUNNING_EXECUTIONS: '5' }],
  'retry-workflow': [512, 25, { ...GOALS, ...TASKS, ...EXECUTIONS, ...REPAIR, MAX_RUNNING_EXECUTIONS: '5' }],
  'list-workflows': [512, 20, { ...GOALS, ...EXECUTIONS, ...PRICES }],
  'get-history': [512, 25, { ...EXECUTIONS, ...MACHINE }],
  'validate-input': [256, 20, { ...GOALS, ...EXECUTIONS }],
  'get-actions': [256, 20, { ...GOALS }],
  'create-batches': [256, 20, { ...EXECUTIONS }],
  'generate-tasks': [512, 118, { ...GOALS, ...EXECUTIONS, ...AI, ...BATCH }],
  'save-tasks': [256, 20, { ...TASKS, ...EXECUTIONS, ...BATCH }],
  'update-progress': [256, 20, { ...EXECUTIONS }],
  'aggregate-results': [256, 25, { ...EXECUTIONS }],
  'update-goal-status': [256, 25, { ...GOALS, ...EXECUTIONS, ...METRICS, ...RUNBOOK }],
  'get-status': [512, 25, { ...GOALS, ...TASKS, ...EXECUTIONS, ...REPAIR, ...PRICES }],
  'cancel-workflow': [512, 25, { ...GOALS, ...TASKS, ...EXECUTIONS, ...MACHINE, ...PRICES }],
  'handle-error': [512, 25, { ...GOALS, ...TASKS, ...EXECUTIONS, ...ALERTS, ...METRICS, ...RUNBOOK }],
  'reconcile-executions': [
    512,
    240,
    { ...GOALS, ...TASKS, ...EXECUTIONS, ...REPAIR, ...ALERTS, ...METRICS, ...RUNBOOK },
  ],
  'archive-executions': [
    256,
    240,
    {
      ...EXECUTIONS,
      ARCHIVE_BUCKET: reference('aws_s3_bucket.archive_store_bucket.id'),
      METRICS_NAMESPACE: METRICS.METRICS_NAMESPACE,
    },
  ],
  goals: [512, 20, { ...GOALS, ...TASKS }],
};

/** Every variable that any function has. */
const VARIABLES: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(EXPECTED).map(([, , of]) => of));

/** Which of them a handler asks for when Lambda loads it; at that time it reads all that it ever does. */
async function variablesReadBy(lambda: string): Promise<string[]> {
  const handler = join(import.meta.dirname, '..', '..', '..', 'lambdas', lambda, 'src', 'handler.ts');
  const { env } = process;
  const read = new Set<string>();
  const watched = { ...env, ...VARIABLES };
  process.env = new Proxy(watched, {
    get(of, name) {
      if (typeof name === 'string' && Object.hasOwn(VARIABLES, name)) read.add(name);
      return Reflect.get(of, name);
    },
  });
  try {
    // The query makes it another module than the one that the handler's own test has loaded.
    await import(`${pathToFileURL(handler).href}?variables`);
  } finally {
    process.env = env;
  }
  return [...read];
}

describe('functions', () => {
  it('are the Lambdas of the design, no more and no fewer', () => {
    const names = Object.values(resourcesOf(dev, 'aws_lambda_function')).map((of) => of.function_name);
    expect(names).to.have.members(Object.keys(EXPECTED).map((lambda) => `goal-activity-dev-${lambda}`));
  });

  for (const [lambda, [memory, timeout, variables]] of Object.entries(EXPECTED)) {
    const owner = underscored(lambda);
    const made = resourceOf(dev, 'aws_lambda_function', `${owner}_function`);

    it(`gives ${lambda} ${memory} MB, ${timeout} s and the variables that it reads`, () => {
      expect([made.memory_size, made.timeout]).to.deep.equal([memory, timeout]);
      expect(made.environment).to.deep.equal({ variables: { ...variables, LOG_LEVEL: 'info' } });
    });

    it(`gives ${lambda} every variable that its handler reads, and none that it does not`, async () => {
      expect(Object.keys(variables)).to.have.members(await variablesReadBy(lambda));
    });

    it(`runs ${lambda} on Node 24 and arm64, published, traced, behind the alias live`, () => {
      expect(made).to.include({ runtime: 'nodejs24.x', handler: 'index.handler', publish: true });
      expect(made.architectures).to.deep.equal(['arm64']);
      expect(made.tracing_config).to.deep.equal({ mode: 'Active' });
      expect(resourceOf(dev, 'aws_lambda_alias', `${owner}_live`)).to.include({
        name: 'live',
        function_name: `\${aws_lambda_function.${owner}_function.function_name}`,
        function_version: `\${aws_lambda_function.${owner}_function.version}`,
      });
    });

    it(`keeps the logs of ${lambda} in a group of its own, as long as the stage says`, () => {
      const group = { format: 'JSON', name: `\${aws_cloudwatch_log_group.${owner}_logs.name}` };
      expect(made.logging_config).to.deep.equal({ log_format: group.format, log_group: group.name });
      const retention = (synthesized: typeof dev) =>
        resourceOf(synthesized, 'aws_cloudwatch_log_group', `${owner}_logs`);
      expect(retention(dev)).to.include({ name: `/aws/lambda/goal-activity-dev-${lambda}`, retention_in_days: 14 });
      expect(retention(prod)).to.include({ name: `/aws/lambda/goal-activity-prod-${lambda}`, retention_in_days: 90 });
    });

    it(`starts ${lambda} only once its grants are there`, () => {
      expect(made.depends_on).to.deep.equal([`aws_iam_role_policy.${owner}_policy`]);
    });
  }

  it('gives generate-tasks more time than its AI call, so that it reports the timeout itself', () => {
    const { timeout, environment } = resourceOf(dev, 'aws_lambda_function', 'generate_tasks_function');
    const aiTimeoutMs = Number(fieldOf(fieldOf(environment, 'variables'), 'AI_TIMEOUT_MS'));
    expect(Number(timeout) * 1000).to.be.above(aiTimeoutMs);
  });

  it('name no secret and no key in an environment', () => {
    const names = Object.values(resourcesOf(dev, 'aws_lambda_function')).map((of) => JSON.stringify(of.environment));
    for (const name of names) expect(name).to.not.match(/SECRET|PASSWORD|TOKEN"|ACCESS_KEY/);
  });
});

describe('concurrency of generate-tasks', () => {
  const reserved = (synthesized: typeof dev) =>
    resourceOf(synthesized, 'aws_lambda_function', 'generate_tasks_function').reserved_concurrent_executions;

  it('is reserved: the 24 AI calls of a run, times the runs that the stage is made for', () => {
    expect([reserved(dev), reserved(prod)]).to.deep.equal([24 * 2, 24 * 20]);
  });

  it('is the only one that is, so that no other function is limited by mistake', () => {
    const limited = Object.entries(resourcesOf(prod, 'aws_lambda_function'))
      .filter(([, of]) => of.reserved_concurrent_executions !== undefined)
      .map(([name]) => name);
    expect(limited).to.deep.equal(['generate_tasks_function']);
  });

  it('is the account’s where no number of runs is set', () => {
    const { concurrentRuns: _, ...of } = settings.dev;
    expect(reserved(synthesizeStage('dev', { ...settings, dev: of }))).to.equal(undefined);
  });
});

describe('zips of functions', () => {
  it('lie under the folder of the stack, named and hashed by content', () => {
    withFolders(({ zipFolder, outputFolder }) => {
      const path = synthesize({ config: loadConfig('dev'), zipFolder, outputFolder });
      const { filename, source_code_hash } = resourceOf(dev, 'aws_lambda_function', 'goals_function');
      expect(readFileSync(join(dirname(path), String(filename)), 'utf8')).to.equal('zip of goals');
      writeFileSync(join(zipFolder, 'goals.zip'), 'another zip');
      const changed = readFileSync(synthesize({ config: loadConfig('dev'), zipFolder, outputFolder }), 'utf8');
      expect(changed).to.not.include(String(source_code_hash)).and.not.include(String(filename));
    });
  });

  it('are asked for by the command that makes them when one is missing', () => {
    withFolders(({ outputFolder }) => {
      const attempt = () => synthesize({ config: loadConfig('dev'), zipFolder: '/nowhere', outputFolder });
      expect(attempt).to.throw(SynthError, /validate-input\.zip is missing: run make build/);
    });
  });
});

describe('limits of a function', () => {
  for (const property of ['memoryMb', 'timeoutSeconds'] as const) {
    const { minimum, maximum } = LAMBDA_LIMITS[property];
    const make = (value: number) =>
      withFolders(({ zipFolder, outputFolder }) => {
        mkdirSync(outputFolder, { recursive: true });
        return new PublishedFunction(new TerraformStack(new App({ outdir: outputFolder }), 'stack'), 'sized', {
          name: 'sized',
          zip: join(zipFolder, 'goals.zip'),
          memoryMb: 128,
          timeoutSeconds: 1,
          environment: {},
          grants: [],
          logRetentionDays: 1,
          tracing: true,
          [property]: value,
        });
      });

    for (const value of [minimum, maximum]) {
      it(`take ${property} ${value}`, () => {
        expect(() => make(value)).to.not.throw();
      });
    }
    for (const value of [minimum - 1, maximum + 1, minimum + 0.5]) {
      it(`refuse ${property} ${value}, naming function and property`, () => {
        expect(() => make(value)).to.throw(`sized: ${property} is ${value}`);
      });
    }
  }
});
