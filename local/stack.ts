import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPageHandler } from '../web/scripts/page.ts';
import { createDraw, readAwsFaults } from './aws/aws-faults.ts';
import { type Bedrock, type BedrockOptions, startBedrock } from './aws/bedrock/bedrock.ts';
import { parseAiSettings } from './aws/bedrock/settings.ts';
import type { AlarmStatus } from './aws/cloudwatch/alarm-watch.ts';
import type { MetricSummary } from './aws/cloudwatch/metric-store.ts';
import { startDatabase } from './aws/dynamodb/database.ts';
import { startExpiry } from './aws/dynamodb/expiry.ts';
import { createEventDelivery } from './aws/events/event-delivery.ts';
import { createEventBus } from './aws/events/events.ts';
import { startScheduler } from './aws/events/schedule.ts';
import { lambdaEnvironment } from './aws/lambda/environment.ts';
import { FunctionError, ThrottledError } from './aws/lambda/errors.ts';
import { createLambdaPool, type LambdaPool } from './aws/lambda/pool.ts';
import { startMonitoring } from './aws/monitoring.ts';
import { outagesOf } from './aws/outages.ts';
import { startS3 } from './aws/s3/s3.ts';
import {
  bedrockMetrics,
  gatewayMetrics,
  lambdaMetrics,
  statesMetrics,
  throttleMetrics,
} from './aws/service-metrics.ts';
import type { InboxMessage } from './aws/sns/inbox.ts';
import { OUTAGE_ERRORS as SNS_OUTAGE } from './aws/sns/publish.ts';
import { type Sns, startSns } from './aws/sns/sns.ts';
import { publishResult, SNS_PUBLISH } from './aws/sns/sns-task.ts';
import {
  OUTAGE_ERRORS as STATES_OUTAGE,
  type StatusEvent,
  type StepFunctions,
  startStepFunctions,
  type TaskContext,
} from './aws/step-functions/index.ts';
import { warmUp } from './aws/warm-up.ts';
import { createCloser } from './closer.ts';
import { createLocalIssuer } from './control/issuer.ts';
import { startGateway } from './http/gateway.ts';
import { openLogFile } from './log-file.ts';
import { readSettings } from './settings.ts';
import { readTerraform, type StackDescription } from './terraform/terraform.ts';

/** Services that the steps of a run write to. */
export type Service = 'dynamodb' | 'states' | 'sns';

export interface StackOptions {
  /** PORT, DATA_DIR, TIME_SCALE, EVENT_DELIVERIES, AWS_FAULTS, AI_LATENCY_MS, AI_FAULTS, AI_SEED, STAGE. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Overrides PORT; 0 takes any free one. */
  readonly port?: number;
  /** Without it, warnings and errors of the Lambdas are shown as they come; all lines are in the log file anyway. */
  readonly quiet?: boolean;
  /** Runs a small goal first, of a user of its own: see warm-up.ts. For a stack whose data nobody keeps. */
  readonly warmUp?: boolean;
  /** Only the steps of a run start at once, whose time is short; other functions start when they are called. */
  readonly lazy?: boolean;
  /** The database is not on the disk, which costs less: for a stack that is not started again. */
  readonly inMemory?: boolean;
  /** Tests put proxies between a Lambda (its folder's name) and a service: takes the service's address, gives the one to use. */
  readonly through?: (service: Service, url: string, lambdaName: string) => Promise<string>;
  /** Tests decide here when, how often and in what order status events reach the event bus, in place of EVENT_DELIVERIES and AWS_FAULTS. */
  readonly deliver?: (event: StatusEvent, bus: (event: StatusEvent) => Promise<void>) => Promise<void>;
  /** Tests stand here around each call that a Task state makes: they may wait before it and after it, and fail it. */
  readonly aroundTask?: (task: TaskContext, call: () => Promise<unknown>, payload: unknown) => Promise<unknown>;
  /** Tests decide and see here what becomes of each AI call. */
  readonly ai?: Pick<BedrockOptions, 'script' | 'onEnd'>;
}

/** The running local stack. */
export interface LocalStack {
  /** Of the HTTP API. */
  readonly url: string;
  readonly description: StackDescription;
  readonly bedrock: Bedrock;
  readonly stepFunctions: StepFunctions;
  readonly lambda: LambdaPool;
  /** Of dynoxide, past all faults. */
  readonly databaseUrl: string;
  /** Of the dynoxide that runs now. */
  databasePid(): number;
  /** Of the archive. */
  readonly s3Url: string;
  /** Where every log line of the Lambdas is. */
  readonly logFile: string;
  inbox(): readonly InboxMessage[];
  /** What CloudWatch holds, by namespace. */
  metrics(): Readonly<Record<string, readonly MetricSummary[]>>;
  alarms(): readonly AlarmStatus[];
  /** Deletes the rows whose time to live ended before a time, in seconds since the epoch, as DynamoDB does. */
  expire(before: number): Promise<Readonly<Record<string, number>>>;
  /** States that an execution has entered so far, which is what AWS bills. */
  stateEntries(executionArn: string): number;
  /** Executions that a kill had cut off and that are now ended as ABORTED. */
  readonly recovered: readonly string[];
  /** Resolves to the reason should the stack be unable to go on: its database has ended for good. */
  readonly lost: Promise<Error>;
  close(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '..');
const HOST = '127.0.0.1';
/** The built page. */
const PAGE = join(ROOT, 'web', 'dist');

/** Code does not run faster when waits are scaled: a Lambda gets at least this long. */
const SHORTEST_FUNCTION_TIMEOUT_MS = 10_000;

/** Path of a stage's Terraform JSON. */
export const terraformPath = (stage: string) =>
  join(ROOT, 'cdktf.out', 'stacks', `goal-activity-${stage}`, 'cdk.tf.json');

/** The name in a function's name or ARN, without a qualifier. */
const functionNameOf = (functionNameOrArn: string) =>
  /(?:^|:function:)([\w-]+)(?::[\w$-]+)?$/.exec(functionNameOrArn)?.[1] ?? functionNameOrArn;

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
  const faults = readAwsFaults(environment.AWS_FAULTS);
  const draw = createDraw(faults.seed);
  const ai = parseAiSettings(environment, faults);
  const description = readTerraform(terraformPath(environment.STAGE || 'dev'));
  mkdirSync(dataDir, { recursive: true });
  const closer = createCloser();
  try {
    const log = openLogFile(join(dataDir, 'lambda.log'), quiet);
    closer.add(() => log.close());
    const database = await startDatabase({
      tables: description.tables,
      region: description.region,
      dataDir: options.inMemory ? undefined : dataDir,
      faults,
      onTrouble: (what) => log.write('dynamodb', what),
    });
    closer.add(() => database.close());
    const snsOutages = outagesOf('sns', faults, SNS_OUTAGE);
    const sns: Sns = await startSns({
      dataDir,
      outages: snsOutages,
      topics: description.topics.map(({ arn, name, emails }) => ({ topicArn: arn, topicName: name, emails })),
    });
    closer.add(() => sns.close());
    const monitoring = await startMonitoring({
      alarms: description.alarms,
      sns,
      timeScale,
      onFailure: (alarmName, error) => log.write('cloudwatch', `${alarmName}: ${String(error)}`),
    });
    closer.add(() => monitoring.close());
    const bedrock = await startBedrock({
      ...ai,
      ...options.ai,
      onAnswer: (call) => monitoring.put(bedrockMetrics(call, Date.now())),
    });
    closer.add(() => bedrock.close());
    const s3 = await startS3({ dataDir, buckets: description.buckets });
    closer.add(() => s3.close());

    const { stateMachine, api } = description;
    /** Invokes a function, and measures what Lambda would: a call that reaches no function is none. */
    const invoke = async (functionNameOrArn: string, payload: unknown): Promise<unknown> => {
      const startedAt = performance.now();
      const measure = (hasFailed: boolean): void => {
        const durationMs = performance.now() - startedAt;
        monitoring.put(lambdaMetrics(functionNameOf(functionNameOrArn), { hasFailed, durationMs }, Date.now()));
      };
      try {
        const answer = await lambda.invoke(functionNameOrArn, payload);
        measure(false);
        return answer;
      } catch (error) {
        if (error instanceof FunctionError) measure(true);
        if (error instanceof ThrottledError)
          monitoring.put(throttleMetrics(functionNameOf(functionNameOrArn), Date.now()));
        throw error;
      }
    };
    const asynchronously = {
      invoke,
      timeScale,
      onFailure: (functionName: string, error: unknown, willRetry: boolean) =>
        log.write('event-bus', `${functionName} failed${willRetry ? ', trying again' : ' for good'}: ${String(error)}`),
    };
    const bus = createEventBus({ ...asynchronously, rules: description.rules });
    const closing = new AbortController();
    const deliver = createEventDelivery({ ...options, ...settings, faults, bus, closing: closing.signal });
    const stepFunctions = await startStepFunctions({
      stateMachineArn: stateMachine.arn,
      aliasArns: stateMachine.aliasArns,
      definition: stateMachine.definition,
      timeScale,
      dataDir,
      outages: outagesOf('states', faults, STATES_OUTAGE),
      isWholeSecond: () => draw('wholeSeconds') < faults.wholeSeconds,
      invokeTask: (resource, payload, task) => {
        const call = () =>
          resource === SNS_PUBLISH ? publishResult(sns, snsOutages, payload) : invoke(resource, payload);
        return options.aroundTask?.(task, call, payload) ?? call();
      },
      onStatusChange: async (event) => {
        monitoring.put(statesMetrics(event));
        await deliver(event);
      },
      onDeliveryFailure: (_event, error) => log.write('event-bus', `delivery failed: ${String(error)}`),
    });
    const through = options.through ?? (async (_service: Service, url: string) => url);
    const endpointsOf = async (name: string) => ({
      AWS_ENDPOINT_URL_DYNAMODB: await through('dynamodb', database.lambdaUrl, name),
      AWS_ENDPOINT_URL_SFN: await through('states', stepFunctions.url, name),
      AWS_ENDPOINT_URL_SNS: await through('sns', sns.url, name),
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: monitoring.url,
      AWS_ENDPOINT_URL_S3: s3.url,
    });
    const lambda = createLambdaPool({
      region: description.region,
      onLog: log.write,
      hasLimits: faults.lambdaConcurrency === 1,
      functions: await Promise.all(
        description.functions.map(async (each) => ({
          functionName: each.functionName,
          version: each.version,
          directory: join(ROOT, 'dist', 'lambdas', each.name),
          handler: each.handler,
          memoryMb: each.memoryMb,
          reservedConcurrency: each.reservedConcurrency,
          timeoutMs: Math.max(SHORTEST_FUNCTION_TIMEOUT_MS, each.timeoutSeconds * 1000 * timeScale),
          environment: lambdaEnvironment(each.environment, timeScale, await endpointsOf(each.name)),
        })),
      ),
    });
    // Closed after the engine, whose executions must end first: they would see every call fail.
    closer.add(() => lambda.close());
    closer.add(() => stepFunctions.close());
    closer.add(() => closing.abort());
    const expiry = startExpiry({
      tables: database.tables,
      databaseUrl: database.url,
      region: description.region,
      onFailure: (error) => log.write('dynamodb', `rows did not expire: ${String(error)}`),
    });
    closer.add(() => expiry.close());

    // `make` builds it before a start; a demo or a test of the API does without.
    const page = existsSync(join(PAGE, 'index.html'))
      ? { extra: createPageHandler(PAGE, { apiUrl: '', auth: { kind: 'local' } }) }
      : {};
    const issuer = await createLocalIssuer({ ...description.authorizer, dataDir });
    const gateway = await startGateway({
      port: options.port ?? settings.port,
      host: HOST,
      routes: description.routes,
      authorizer: issuer,
      ...(api.cors === undefined ? {} : { cors: api.cors }),
      ...page,
      invoke,
      control: {
        token: (userId, expiresInSeconds) => issuer.issueToken(userId, expiresInSeconds),
        ai: { get: () => bedrock.settings(), put: (changes) => bedrock.configure(changes) },
        inbox: () => sns.messages(),
        health: async () => ({
          down: (await database.isUp()) ? [] : ['dynamodb'],
          stage: description.stage,
          running: stepFunctions.executions.running(),
        }),
        metrics: () => monitoring.metrics(),
        alarms: () => monitoring.alarms(),
        expire: (before) => expiry.expire(before),
      },
      onAnswer: (answered) => monitoring.put(gatewayMetrics(api.id, answered, Date.now())),
      onError: (error, { routeKey, requestId }) => log.write('http', `${requestId} ${routeKey}: ${String(error)}`),
    });
    closer.add(() => gateway.close());
    const steps = JSON.stringify(stateMachine.definition);
    await lambda.warm(({ functionName }) => !options.lazy || steps.includes(`:${functionName}:`));
    const recovered = await stepFunctions.recover();
    const { region, account, schedules } = description;
    const scheduler = startScheduler({ ...asynchronously, schedules, region, account });
    closer.add(() => scheduler.close());
    monitoring.start();
    if (options.warmUp) await warmUp(gateway.url, await issuer.issueToken('warm-up'), bedrock);

    return {
      url: gateway.url,
      description,
      bedrock,
      stepFunctions,
      lambda,
      databaseUrl: database.url,
      databasePid: () => database.pid(),
      s3Url: s3.url,
      logFile: log.path,
      recovered,
      lost: database.lost,
      inbox: () => sns.messages(),
      metrics: () => monitoring.metrics(),
      alarms: () => monitoring.alarms(),
      expire: (before) => expiry.expire(before),
      stateEntries: (executionArn) => stepFunctions.executions.stateEntries(executionArn),
      close: () => closer.close(),
    };
  } catch (error) {
    await closer.close();
    throw error;
  }
}
