import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { FUNCTION_OF_PLACEHOLDER } from '../statemachine/definition.ts';
import { HttpApi } from './api/http-api.ts';
import { ROUTES } from './api/routes.ts';
import { makeSignIn, signInDomain } from './api/sign-in.ts';
import { BootstrapStack } from './bootstrap.ts';
import { hasPart, type StageConfig } from './config.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { Topics } from './monitoring/topics.ts';
import { ReadableStack } from './readable-stack.ts';
import { configureProvider, configureState } from './terraform.ts';
import { Website } from './website/website.ts';
import { ArchiveBucket } from './workflow/archive.ts';
import { DeadLetterQueue } from './workflow/dead-letter-queue.ts';
import { Schedule, StatusEvents } from './workflow/events.ts';
import type { PublishedFunction } from './workflow/functions.ts';
import { type GrantTargets, modelStatements } from './workflow/grants.ts';
import { DURATIONS, generateTasksConcurrency, MAX_RUNNING_EXECUTIONS, makeLambdas } from './workflow/lambdas.ts';
import { LIVE, StateMachine } from './workflow/state-machine.ts';
import { Tables } from './workflow/tables.ts';

/** What a stack is made from. */
export interface GoalActivityStackProps {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** Folder of the Lambdas' zips, `<lambda>.zip` each. */
  readonly zipFolder: string;
}

/** Everything of one stage. */
export class GoalActivityStack extends ReadableStack {
  constructor(scope: Construct, { config, zipFolder }: GoalActivityStackProps) {
    super(scope, config.prefix);
    const { prefix, settings } = config;
    const { account, region, logRetentionDays, deletionProtection: protect } = settings;
    configureProvider(this, config);
    configureState(this, config);

    const tables = new Tables(this, 'tables', { prefix, deletionProtection: protect });
    const topics = new Topics(this, 'topics', { prefix, ...settings });
    const archive = new ArchiveBucket(this, 'archive', { prefix, account, years: settings.archiveYears, protect });
    // One queue a function, so that the alarm says whose messages they are.
    const queue = (id: string) => new DeadLetterQueue(this, id, { name: `${prefix}-${id}` }).queue;
    const deadLetters = queue('dead-letters');
    const sweepDeadLetters = queue('sweep-dead-letters');
    const archiveDeadLetters = queue('archive-dead-letters');

    const versions = hasPart(settings, 'state-machine-versions');
    const metricsNamespace = `GoalActivity/${config.stage}`;
    const targets: GrantTargets = {
      goals: tables.goals.arn,
      tasks: tables.tasks.arn,
      executions: tables.executions.arn,
      stateMachine: `arn:aws:states:${region}:${account}:stateMachine:${prefix}`,
      stateMachineExecutions: `arn:aws:states:${region}:${account}:execution:${prefix}:*`,
      ...(versions ? { stateMachineAlias: LIVE } : {}),
      alertsTopic: topics.alerts.arn,
      topicKey: topics.keyGrant,
      deadLetterQueue: deadLetters.arn,
      sweepDeadLetterQueue: sweepDeadLetters.arn,
      archiveDeadLetterQueue: archiveDeadLetters.arn,
      archiveBucket: archive.bucket.arn,
      metricsNamespace,
      model: modelStatements(settings),
    };
    const bedrock = config.emulator?.bedrockEndpoint;
    const variables = {
      GOALS_TABLE: tables.goals.name,
      TASKS_TABLE: tables.tasks.name,
      EXECUTIONS_TABLE: tables.executions.name,
      ARCHIVE_BUCKET: archive.bucket.id,
      ALERTS_TOPIC_ARN: topics.alerts.arn,
      MODEL_ID: settings.modelId,
      USD_PER_MILLION_INPUT_TOKENS: String(settings.usdPerMillionInputTokens),
      USD_PER_MILLION_OUTPUT_TOKENS: String(settings.usdPerMillionOutputTokens),
      METRICS_NAMESPACE: metricsNamespace,
      RUNBOOK_URL: settings.runbookUrl,
      MAX_RUNNING_EXECUTIONS,
      LOG_LEVEL: 'info',
      ...(bedrock === undefined ? {} : { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock }),
      ...DURATIONS,
    };
    const common = { config, zipFolder, targets };
    const steps = makeLambdas(this, Object.values(FUNCTION_OF_PLACEHOLDER), { ...common, variables });
    const workflow = new StateMachine(this, 'workflow', {
      name: prefix,
      account,
      steps,
      topics,
      logRetentionDays,
      tracing: hasPart(settings, 'tracing'),
      versions,
    });
    const others = makeLambdas(
      this,
      [...ROUTES.map((route) => route.lambda), 'reconcile-executions', 'archive-executions'],
      { ...common, variables: { ...variables, STATE_MACHINE_ARN: workflow.startArn } },
    );
    new StatusEvents(this, 'status-events', {
      prefix,
      stateMachineArn: workflow.stateMachine.arn,
      handler: steps['handle-error'],
      deadLetters,
    });
    // Status events are best effort, so the open executions are looked at (rule 4).
    new Schedule(this, 'sweep', {
      prefix,
      name: 'sweep',
      description: 'Executions that nobody settled are settled by reconcile-executions',
      everyMinutes: 5,
      handler: others['reconcile-executions'],
      deadLetters: sweepDeadLetters,
    });
    new Schedule(this, 'archive-schedule', {
      prefix,
      name: 'archive',
      description: 'Executions that have ended are archived by archive-executions',
      everyMinutes: 60,
      handler: others['archive-executions'],
      deadLetters: archiveDeadLetters,
    });

    const http = new HttpApi(this, 'http', {
      name: prefix,
      rateLimit: settings.apiRateLimit,
      burstLimit: settings.apiBurstLimit,
      logRetentionDays,
      corsOrigins: settings.corsOrigins,
      region,
      ...(settings.domain === undefined ? {} : { domain: settings.domain }),
    });
    const website = settings.website
      ? new Website(this, 'website', {
          prefix,
          account,
          api: http,
          signInDomain: signInDomain(config),
          protect,
          logRetentionDays,
          ...(settings.websiteDomain === undefined ? {} : { domain: settings.websiteDomain }),
        })
      : undefined;
    const { tokens, clientId } = makeSignIn(this, config, website?.redirectUri);
    http.addRoutes(others, tokens);
    website?.configure(signInDomain(config), clientId);

    if (hasPart(settings, 'monitoring')) {
      const functions: Record<string, PublishedFunction> = { ...steps, ...others };
      const reservedConcurrency = generateTasksConcurrency(config);
      new Monitoring(this, 'monitoring', {
        prefix,
        region,
        stateMachineArn: workflow.stateMachine.arn,
        stateMachineLogGroupName: workflow.logGroup.name,
        functions: Object.fromEntries(
          Object.entries(functions).map(
            ([
              lambda,
              {
                function: { functionName },
                logGroup,
              },
            ]) => [lambda, { functionName, logGroupName: logGroup.name }],
          ),
        ),
        tableNames: [tables.goals.name, tables.tasks.name, tables.executions.name],
        modelId: settings.modelId,
        apiId: http.api.id,
        queues: [
          { id: 'status-events', name: deadLetters.name },
          { id: 'sweep', name: sweepDeadLetters.name },
          { id: 'archive', name: archiveDeadLetters.name },
        ],
        alertsTopicArn: topics.alerts.arn,
        runbookUrl: settings.runbookUrl,
        metricsNamespace,
        ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
      });
    }

    const outputs = {
      apiUrl: http.url,
      tokenIssuer: tokens.issuer,
      tokenAudience: tokens.audience.join(' '),
      stateMachineArn: workflow.stateMachine.arn,
      goalsTable: tables.goals.name,
      tasksTable: tables.tasks.name,
      executionsTable: tables.executions.name,
      archiveBucket: archive.bucket.id,
      ...(website === undefined
        ? {}
        : {
            websiteUrl: website.url,
            websiteBucket: website.bucket.id,
            websiteDistribution: website.distribution.id,
          }),
    };
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value });
  }
}

/**
 * Writes the Terraform JSON of a stage, with the zips that it refers to, to `<outputFolder>/stacks/goal-activity-<stage>/`,
 * and beside it that of its bootstrap stack, if the stage keeps its state in a bucket.
 * @returns path of the stage's JSON
 * @throws SynthError naming a zip that is missing
 */
export function synthesize({ outputFolder, ...props }: GoalActivityStackProps & { outputFolder: string }): string {
  mkdirSync(outputFolder, { recursive: true });
  const app = new App({ outdir: outputFolder });
  const stack = new GoalActivityStack(app, props);
  const { stateBucket } = props.config.settings;
  if (stateBucket !== undefined) new BootstrapStack(app, props.config, stateBucket);
  app.synth();
  return join(outputFolder, 'stacks', stack.node.id, 'cdk.tf.json');
}
