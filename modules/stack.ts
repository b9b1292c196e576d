import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, TerraformElement, TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct, Node } from 'constructs';
import { FUNCTION_OF_PLACEHOLDER } from '../statemachine/definition.ts';
import type { StageConfig } from './config.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { StatusEvents } from './events.ts';
import { type GrantTargets, modelStatements } from './grants.ts';
import { HttpApi } from './http-api.ts';
import { DURATIONS, makeLambdas } from './lambdas.ts';
import { ROUTES } from './routes.ts';
import { StateMachine } from './state-machine.ts';
import { Tables } from './tables.ts';
import { configureTerraform } from './terraform.ts';
import { Topics } from './topics.ts';

/** What a stack is made from. */
export interface GoalActivityStackProps {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** Folder of the Lambdas' zips, `<lambda>.zip` each. */
  readonly zipFolder: string;
}

/** Everything of one stage. */
export class GoalActivityStack extends TerraformStack {
  readonly #pathOfId = new Map<string, string>();

  constructor(scope: Construct, { config, zipFolder }: GoalActivityStackProps) {
    super(scope, config.prefix);
    const { prefix, settings } = config;
    const { account, region, logRetentionDays } = settings;
    configureTerraform(this, config);

    const tables = new Tables(this, 'tables', { prefix, deletionProtection: settings.deletionProtection });
    const topics = new Topics(this, 'topics', { prefix, ...settings });
    const deadLetters = new DeadLetterQueue(this, 'dead-letters', { name: `${prefix}-dead-letters` }).queue;

    const targets: GrantTargets = {
      goals: tables.goals.arn,
      tasks: tables.tasks.arn,
      executions: tables.executions.arn,
      stateMachine: `arn:aws:states:${region}:${account}:stateMachine:${prefix}`,
      stateMachineExecutions: `arn:aws:states:${region}:${account}:execution:${prefix}:*`,
      alertsTopic: topics.alerts.arn,
      topicKey: topics.keyGrant,
      deadLetterQueue: deadLetters.arn,
      model: modelStatements(settings),
    };
    const variables = {
      GOALS_TABLE: tables.goals.name,
      TASKS_TABLE: tables.tasks.name,
      EXECUTIONS_TABLE: tables.executions.name,
      ALERTS_TOPIC_ARN: topics.alerts.arn,
      MODEL_ID: settings.modelId,
      USD_PER_MILLION_INPUT_TOKENS: String(settings.usdPerMillionInputTokens),
      USD_PER_MILLION_OUTPUT_TOKENS: String(settings.usdPerMillionOutputTokens),
      LOG_LEVEL: 'info',
      ...DURATIONS,
    };
    const common = { config, zipFolder, targets };
    const steps = makeLambdas(this, Object.values(FUNCTION_OF_PLACEHOLDER), { ...common, variables });
    const workflow = new StateMachine(this, 'workflow', { name: prefix, account, steps, topics, logRetentionDays });
    new StatusEvents(this, 'status-events', {
      prefix,
      stateMachineArn: workflow.stateMachine.arn,
      handler: steps['handle-error'],
      deadLetters,
    });
    const http = new HttpApi(this, 'http', {
      name: prefix,
      functions: makeLambdas(
        this,
        ROUTES.map((route) => route.lambda),
        { ...common, variables: { ...variables, STATE_MACHINE_ARN: workflow.live.arn } },
      ),
      issuer: settings.issuer,
      audience: settings.audience,
      rateLimit: settings.apiRateLimit,
      burstLimit: settings.apiBurstLimit,
      logRetentionDays,
    });

    const outputs = {
      apiUrl: http.api.apiEndpoint,
      stateMachineArn: workflow.stateMachine.arn,
      goalsTable: tables.goals.name,
      tasksTable: tables.tasks.name,
      executionsTable: tables.executions.name,
    };
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value });
  }

  /**
   * Names resources after their path (`start_workflow_function`), where cdktf would add a hash: a plan is read by people.
   * @throws Error when two paths come out the same, since cdktf would merge the two resources silently
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const path = node.path.slice(this.node.path.length + 1);
    const id = path.replaceAll('/', '_').replaceAll('-', '_');
    const other = this.#pathOfId.get(id) ?? path;
    if (other !== path) throw new Error(`${path} and ${other} would both be called ${id}`);
    this.#pathOfId.set(id, path);
    return id;
  }
}

/**
 * Writes the Terraform JSON of a stage, with the zips that it refers to, to `<outputFolder>/stacks/goal-activity-<stage>/`.
 * @returns path of the JSON
 * @throws SynthError naming a zip that is missing
 */
export function synthesize({ outputFolder, ...props }: GoalActivityStackProps & { outputFolder: string }): string {
  mkdirSync(outputFolder, { recursive: true });
  const app = new App({ outdir: outputFolder });
  const stack = new GoalActivityStack(app, props);
  app.synth();
  return join(outputFolder, 'stacks', stack.node.id, 'cdk.tf.json');
}
