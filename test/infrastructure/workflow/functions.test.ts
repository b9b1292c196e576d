import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { loadConfig } from '../../../modules/config.ts';
import { synthesize } from '../../../modules/stack.ts';
import { SynthError } from '../../../modules/synth-error.ts';
import { FUNCTIONS, LAMBDAS, type LambdaName } from '../../../modules/workflow/function-table.ts';
import type { Variable } from '../../../modules/workflow/variables.ts';
import { withFolders } from '../folders.ts';
import { at, bare, dev, expectArguments, prod, resourcesOf, type Synthesized, underscored } from '../synthesized.ts';

/** What each variable is in dev. */
const VALUES: Readonly<Record<Exclude<Variable, 'LOG_LEVEL'>, string>> = {
  GOALS_TABLE: 'goal-activity-dev-goals',
  TASKS_TABLE: 'goal-activity-dev-tasks',
  EXECUTIONS_TABLE: 'goal-activity-dev-workflow-executions',
  ARCHIVE_BUCKET: 'goal-activity-dev-archive-123456789012',
  ALERTS_TOPIC_ARN: 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts',
  STATE_MACHINE_ARN: 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:goal-activity-dev:live',
  MODEL_ID: 'jp.anthropic.claude-haiku-4-5-20251001-v1:0',
  USD_PER_MILLION_INPUT_TOKENS: '1.1',
  USD_PER_MILLION_OUTPUT_TOKENS: '5.5',
  METRICS_NAMESPACE: 'GoalActivity/dev',
  RUNBOOK_URL: 'https://github.com/example/goal-activity/blob/main/docs/operations.md',
  MAX_RUNNING_EXECUTIONS: '5',
  AI_TIMEOUT_MS: '115000',
  BATCH_TIMEOUT_MS: '300000',
  PROGRESS_GRACE_MS: '10000',
  EXECUTION_TIMEOUT_MS: '900000',
  START_GRACE_MS: '10000',
};
const isVariable = (name: string): name is keyof typeof VALUES => Object.hasOwn(VALUES, name);

/** The variables that a handler asks for when Lambda loads it; at that time it reads all that it ever does. */
async function variablesReadBy(lambda: LambdaName): Promise<(keyof typeof VALUES)[]> {
  const handler = join(import.meta.dirname, '..', '..', '..', 'lambdas', lambda, 'src', 'handler.ts');
  const { env } = process;
  const read = new Set<keyof typeof VALUES>();
  process.env = new Proxy(
    { ...env, ...VALUES },
    {
      get(of, name) {
        if (typeof name === 'string' && isVariable(name)) read.add(name);
        return Reflect.get(of, name);
      },
    },
  );
  try {
    // The query makes it another module than the one that the handler's own test has loaded.
    await import(`${pathToFileURL(handler).href}?variables`);
  } finally {
    process.env = env;
  }
  return [...read];
}

/** The functions that have a concurrency of their own. */
const reserved = (synthesized: Synthesized) =>
  Object.entries(resourcesOf(synthesized, 'aws_lambda_function')).flatMap(
    ([name, { reserved_concurrent_executions: of }]) => (of === undefined ? [] : [[name, of]]),
  );

describe('functions', () => {
  for (const lambda of LAMBDAS) {
    const owner = underscored(lambda);
    const { memoryMb, timeoutSeconds } = FUNCTIONS[lambda];

    it(`gives ${lambda} every variable that its handler reads, none that it does not, and the values of the stage`, async () => {
      const variables = (await variablesReadBy(lambda)).map((name) => [name, VALUES[name]]);
      expect(at(dev, `aws_lambda_function.${owner}_function`).environment).to.deep.equal({
        variables: { ...Object.fromEntries(variables), LOG_LEVEL: 'info' },
      });
    });

    it(`runs ${lambda} on Node 24, published behind the alias live, with logs and role of its own`, () => {
      expectArguments(dev, {
        [`aws_lambda_function.${owner}_function`]: {
          function_name: `goal-activity-dev-${lambda}`,
          runtime: 'nodejs24.x',
          architectures: ['arm64'],
          handler: 'index.handler',
          memory_size: memoryMb,
          timeout: timeoutSeconds,
          publish: true,
          logging_config: { log_format: 'JSON', log_group: `\${aws_cloudwatch_log_group.${owner}_logs.name}` },
          role: `\${aws_iam_role.${owner}_role.arn}`,
          // Its grants are there before it runs.
          depends_on: [`aws_iam_role_policy.${owner}_policy`],
        },
        [`aws_lambda_alias.${owner}_live`]: {
          name: 'live',
          function_name: `\${aws_lambda_function.${owner}_function.function_name}`,
          function_version: `\${aws_lambda_function.${owner}_function.version}`,
        },
        [`aws_cloudwatch_log_group.${owner}_logs`]: { name: `/aws/lambda/goal-activity-dev-${lambda}` },
      });
      // Lambda quotas.
      expect(memoryMb).to.be.within(128, 10_240);
      expect(timeoutSeconds).to.be.within(1, 900);
    });
  }

  it('keep their logs as long as the stage says, and so does everything else', () => {
    const retentions = (of: Synthesized) =>
      new Set(Object.values(resourcesOf(of, 'aws_cloudwatch_log_group')).map((group) => group.retention_in_days));
    expect([...retentions(dev), ...retentions(prod)]).to.deep.equal([14, 90]);
  });

  it('give generate-tasks more time than its AI call, so that it reports the timeout itself', () => {
    expect(FUNCTIONS['generate-tasks'].timeoutSeconds * 1000).to.be.above(Number(VALUES.AI_TIMEOUT_MS));
  });

  it('reserve concurrency for generate-tasks alone: its 24 AI calls of a run, times the runs that the stage is made for', () => {
    expect(reserved(dev)).to.deep.equal([['generate_tasks_function', 24 * 2]]);
    expect(reserved(prod)).to.deep.equal([['generate_tasks_function', 24 * 20]]);
    expect(reserved(bare)).to.deep.equal([]);
  });
});

describe('zips of functions', () => {
  it('lie under the folder of the stack, named and hashed by content', () => {
    withFolders(({ zipFolder, outputFolder }) => {
      const path = synthesize({ config: loadConfig('dev'), zipFolder, outputFolder });
      const { filename, source_code_hash } = at(dev, 'aws_lambda_function.goals_function');
      expect(readFileSync(join(dirname(path), String(filename)), 'utf8')).to.equal('zip of goals');
      writeFileSync(join(zipFolder, 'goals.zip'), 'another zip');
      const changed = readFileSync(synthesize({ config: loadConfig('dev'), zipFolder, outputFolder }), 'utf8');
      expect(changed).to.not.include(String(source_code_hash)).and.not.include(String(filename));
    });
  });

  it('are asked for by the command that makes them when one is missing', () => {
    withFolders(({ outputFolder }) => {
      const attempt = () => synthesize({ config: loadConfig('dev'), zipFolder: '/nowhere', outputFolder });
      expect(attempt).to.throw(SynthError, /\.zip is missing: run make build$/);
    });
  });
});
