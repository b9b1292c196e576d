import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bedrock, startBedrock } from './bedrock/bedrock.ts';
import { parseAiSettings } from './bedrock/settings.ts';
import { type Dynoxide, startDynoxide } from './dynamodb/dynoxide.ts';
import { createClient, createTables } from './dynamodb/tables.ts';
import { createEventBus } from './events.ts';
import { startGateway } from './http/gateway.ts';
import { createLocalIssuer } from './http/issuer.ts';
import type { LambdaPool } from './lambda/pool.ts';
import { createLambdaPool } from './lambda/pool.ts';
import { lambdaEnvironment } from './lambda-environment.ts';
import { openLogFile } from './log-file.ts';
import { readSettings } from './settings.ts';
import type { InboxMessage } from './sns/inbox.ts';
import { type Sns, startSns } from './sns/sns.ts';
import { publishResult, SNS_PUBLISH } from './sns-task.ts';
import { type StepFunctions, startStepFunctions } from './step-functions/index.ts';
import { readTerraform, type StackDescription } from './terraform.ts';
import { warmUp } from './warm-up.ts';

export interface StackOptions {
  /** PORT, DATA_DIR, TIME_SCALE, AI_LATENCY_MS, AI_FAULTS, AI_SEED, STAGE. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Overrides PORT; 0 takes any free one. */
  readonly port?: number;
  /** Without it, warnings and errors of the Lambdas are shown as they come; all lines are in the log file anyway. */
  readonly quiet?: boolean;
  /** Runs a small goal first, of a user of its own: see warm-up.ts. For a stack whose data nobody keeps. */
  readonly warmUp?: boolean;
}

/** The running local stack. */
export interface LocalStack {
  /** Of the HTTP API. */
  readonly url: string;
  readonly description: StackDescription;
  readonly bedrock: Bedrock;
  readonly stepFunctions: StepFunctions;
  readonly lambda: LambdaPool;
  /** Of dynoxide. */
  readonly databaseUrl: string;
  /** Where every log line of the Lambdas is. */
  readonly logFile: string;
  inbox(): readonly InboxMessage[];
  /** States that an execution has entered so far, which is what AWS bills. */
  stateEntries(executionArn: string): number;
  /** Executions that a kill had cut off and that are now ended as ABORTED. */
  readonly recovered: readonly string[];
  close(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '..');
const HOST = '127.0.0.1';

/** Code does not run faster when waits are scaled: a Lambda gets at least this long. */
const SHORTEST_FUNCTION_TIMEOUT_MS = 3_000;

/** Path of a stage's Terraform JSON. */
export const terraformPath = (stage: string) =>
  join(ROOT, 'cdktf.out', 'stacks', `goal-activity-${stage}`, 'cdk.tf.json');

/** Runs what was opened, last first, whatever fails on the way. */
function createCloser() {
  const opened: (() => Promise<void> | void)[] = [];
  return {
    add: (close: () => Promise<void> | void) => opened.push(close),
    async close(): Promise<void> {
      const errors: unknown[] = [];
      for (const close of opened.splice(0).reverse()) {
        try {
          await close();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, 'the local stack did not close cleanly');
    },
  };
}

/**
 * Runs what the Terraform JSON describes on this machine: database, workflow engine, Lambdas, topics, event rules and
 * HTTP API, with a mock for the AI alone. Executions that a kill had cut off are ended as ABORTED, and their events
 * delivered, before it answers.
 * @throws Error with a message for people: a port in use, a missing binary, a setting that cannot be used
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { environment, quiet = false } = options;
  const settings = readSettings(environment);
  const { dataDir, timeScale } = settings;
  const ai = parseAiSettings(environment);
  const description = readTerraform(terraformPath(environment.STAGE || 'dev'));
  mkdirSync(dataDir, { recursive: true });
  const closer = createCloser();
  try {
    const log = openLogFile(join(dataDir, 'lambda.log'), quiet);
    closer.add(() => log.close());
    const dynoxide: Dynoxide = await startDynoxide({ dataDir });
    closer.add(() => dynoxide.close());
    const client = createClient(dynoxide.url, description.region);
    await createTables(client, description.tables).finally(() => client.destroy());
    const bedrock = await startBedrock(ai);
    closer.add(() => bedrock.close());
    const sns: Sns = await startSns({
      dataDir,
      topics: description.topics.map(({ arn, name, emails }) => ({ topicArn: arn, topicName: name, emails })),
    });
    closer.add(() => sns.close());

    const { stateMachine } = description;
    const bus = createEventBus({
      rules: description.rules,
      timeScale,
      invoke: (functionName, event) => lambda.invoke(functionName, event),
      onFailure: (functionName, error, willRetry) =>
        log.write('event-bus', `${functionName} failed${willRetry ? ', trying again' : ' for good'}: ${String(error)}`),
    });
    const stepFunctions = await startStepFunctions({
      stateMachineArn: stateMachine.arn,
      aliasArns: stateMachine.aliasArns,
      definition: stateMachine.definition,
      timeScale,
      dataDir,
      invokeTask: (resource, payload) =>
        resource === SNS_PUBLISH ? publishResult(sns, payload) : lambda.invoke(resource, payload),
      onStatusChange: bus,
      onDeliveryFailure: (_event, error) => log.write('event-bus', `delivery failed: ${String(error)}`),
    });
    const lambda = createLambdaPool({
      region: description.region,
      onLog: log.write,
      functions: description.functions.map((each) => ({
        functionName: each.functionName,
        arn: each.arn,
        version: each.version,
        directory: join(ROOT, 'dist', 'lambdas', each.name),
        handler: each.handler,
        memoryMb: each.memoryMb,
        timeoutMs: Math.max(SHORTEST_FUNCTION_TIMEOUT_MS, each.timeoutSeconds * 1000 * timeScale),
        environment: lambdaEnvironment(each.environment, timeScale, {
          AWS_ENDPOINT_URL_DYNAMODB: dynoxide.url,
          AWS_ENDPOINT_URL_SFN: stepFunctions.url,
          AWS_ENDPOINT_URL_SNS: sns.url,
          AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
        }),
      })),
    });
    // Closed after the engine, whose executions must end first: they would see every call fail.
    closer.add(() => lambda.close());
    closer.add(() => stepFunctions.close());

    const issuer = await createLocalIssuer({ ...description.authorizer, dataDir });
    const gateway = await startGateway({
      port: options.port ?? settings.port,
      host: HOST,
      routes: description.routes,
      authorizer: issuer,
      invoke: (functionName, event) => lambda.invoke(functionName, event),
      control: {
        token: (userId, expiresInSeconds) => issuer.issueToken(userId, expiresInSeconds),
        ai: { get: () => bedrock.settings(), put: (changes) => bedrock.configure(changes) },
        inbox: () => sns.messages(),
        health: () => ({ status: 'ok', stage: description.stage, running: stepFunctions.executions.running() }),
      },
      onError: (error, { routeKey, requestId }) => log.write('http', `${requestId} ${routeKey}: ${String(error)}`),
    });
    closer.add(() => gateway.close());
    await lambda.warm();
    const recovered = await stepFunctions.recover();
    if (options.warmUp) await warmUp(gateway.url, await issuer.issueToken('warm-up'), bedrock);

    return {
      url: gateway.url,
      description,
      bedrock,
      stepFunctions,
      lambda,
      databaseUrl: dynoxide.url,
      logFile: log.path,
      recovered,
      inbox: () => sns.messages(),
      stateEntries: (executionArn) => stepFunctions.executions.stateEntries(executionArn),
      close: () => closer.close(),
    };
  } catch (error) {
    await closer.close();
    throw error;
  }
}
