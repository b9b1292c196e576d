import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createDraw } from '../aws/aws-faults.ts';
import type { CloudWatch } from '../aws/cloudwatch/cloudwatch.ts';
import type { RunningDatabase } from '../aws/dynamodb/database.ts';
import { startEndpoint } from '../aws/endpoint.ts';
import { createEventDelivery } from '../aws/events/event-delivery.ts';
import { type AsynchronousInvocation, createEventBus } from '../aws/events/events.ts';
import { lambdaEnvironment } from '../aws/lambda/environment.ts';
import { FunctionError, ThrottledError } from '../aws/lambda/errors.ts';
import { LambdaPool } from '../aws/lambda/pool.ts';
import { outagesOf } from '../aws/outages.ts';
import { lambdaMetrics, statesMetrics, statesThrottleMetrics, throttleMetrics } from '../aws/service-metrics.ts';
import { publishTask, SNS_PUBLISH } from '../aws/sns/sns-task.ts';
import { createStepFunctions, logLine, OUTAGE_ERRORS, type StepFunctions } from '../aws/step-functions/index.ts';
import type { StackDescription } from '../terraform/stack-description.ts';
import type { StackContext } from './context.ts';
import type { Services } from './services.ts';

/** Step Functions and the functions, which call each other. */
export type Workflow = Awaited<ReturnType<typeof startWorkflow>>;

type Invoke = (functionNameOrArn: string, payload: unknown) => Promise<unknown>;

/** The folder of a function's bundle. */
const bundleOf = (name: string) => join(import.meta.dirname, '..', '..', 'dist', 'lambdas', name);
/** Code does not run faster when waits are scaled: a Lambda gets at least this long. */
const SHORTEST_FUNCTION_TIMEOUT_MS = 10_000;

export async function startWorkflow(context: StackContext, services: Services) {
  const { log, closer, settings } = context;
  const invoke = measured((name, payload): Promise<unknown> => lambda.invoke(name, payload), services.cloudWatch);
  const asynchronously: AsynchronousInvocation = {
    invoke,
    timeScale: settings.timeScale,
    onFailure: (functionName, error, willRetry) =>
      log.write('event-bus', `${functionName} failed${willRetry ? ', trying again' : ' for good'}: ${String(error)}`),
  };
  const closing = new AbortController();
  const stepFunctions = createEngine(context, services, asynchronously, closing.signal);
  const { url: awsUrl, close } = await startEndpoint({ ...services.aws, states: stepFunctions.service });
  closer.defer(close);
  const lambda = await startFunctions(context, services.database, awsUrl);
  // Closed after the engine, whose executions must end first: they would see every call fail.
  closer.defer(() => lambda.close());
  closer.defer(() => stepFunctions.executions.close());
  closer.defer(() => closing.abort());
  const inspected = await startInspected(context, lambda);
  return { awsUrl, stepFunctions, lambda, invoke, asynchronously, inspected, steps: stepsOf(context.description) };
}

/** Starts the function that a debugger may enter, which says where. @throws Error when its port is in use */
async function startInspected({ inspection, settings }: StackContext, lambda: LambdaPool) {
  if (inspection === undefined) return undefined;
  await lambda.warm([inspection.functionName]);
  const url = lambda.inspectUrl(inspection.functionName);
  // Node goes on without an inspector then.
  if (url === undefined) throw new Error(`INSPECT_PORT ${settings.inspect?.port} is in use`);
  return { lambda: inspection.lambda, url };
}

/** The names of the functions that a run calls, in the order of the definition. */
function stepsOf({ functions, stateMachine }: StackDescription): string[] {
  const definition = JSON.stringify(stateMachine.definition);
  const places = functions.map(({ functionName }) => ({ functionName, at: definition.indexOf(`:${functionName}:`) }));
  const called = places.filter(({ at }) => at !== -1).sort((one, other) => one.at - other.at);
  return called.map(({ functionName }) => functionName);
}

/** Measures invocations as Lambda does: a call that reaches no function is none. */
function measured(invoke: Invoke, cloudWatch: CloudWatch): Invoke {
  return async (functionNameOrArn, payload) => {
    const name = /(?:^|:function:)([\w-]+)(?::[\w$-]+)?$/.exec(functionNameOrArn)?.[1] ?? functionNameOrArn;
    const startedAt = performance.now();
    const measure = (hasFailed: boolean): void => {
      const durationMs = performance.now() - startedAt;
      cloudWatch.put(lambdaMetrics(name, { hasFailed, durationMs }, Date.now()));
    };
    try {
      const answer = await invoke(functionNameOrArn, payload);
      measure(false);
      return answer;
    } catch (error) {
      if (error instanceof FunctionError) measure(true);
      if (error instanceof ThrottledError) cloudWatch.put(throttleMetrics(name, Date.now()));
      throw error;
    }
  };
}

function createEngine(
  { options, settings, faults, description, inspection, log }: StackContext,
  { sns, snsOutages, cloudWatch }: Services,
  asynchronously: AsynchronousInvocation,
  closing: AbortSignal,
): StepFunctions {
  const { stateMachine, rules } = description;
  const { dataDir, timeScale } = settings;
  const draw = createDraw(faults.seed);
  const bus = createEventBus({ ...asynchronously, rules });
  const deliver = createEventDelivery({ ...options, ...settings, faults, bus, closing });
  return createStepFunctions({
    stateMachineArn: stateMachine.arn,
    aliasArns: stateMachine.aliasArns,
    definition: inspection?.definition(stateMachine.definition) ?? stateMachine.definition,
    timeScale,
    dataDir,
    outages: outagesOf('states', faults, OUTAGE_ERRORS),
    onThrottled: (operation) => cloudWatch.put(statesThrottleMetrics(operation, Date.now())),
    isWholeSecond: () => draw('wholeSeconds') < faults.wholeSeconds,
    invokeTask: (resource, payload, task) => {
      const call = () =>
        resource === SNS_PUBLISH ? publishTask(sns, snsOutages, payload) : asynchronously.invoke(resource, payload);
      return options.aroundTask?.(task, call, payload) ?? call();
    },
    onEvent: (executionArn, event) => log.write('states', logLine(executionArn, event)),
    onStatusChange: async (event) => {
      cloudWatch.put(statesMetrics(event));
      await deliver(event);
    },
    onDeliveryFailure: (_event, error) => log.write('event-bus', `delivery failed: ${String(error)}`),
  });
}

/** Each function from its deployed bundle. */
async function startFunctions(
  { options, settings: { timeScale, maxRunningExecutions }, faults, description, inspection, log }: StackContext,
  { lambdaUrl }: RunningDatabase,
  awsUrl: string,
): Promise<LambdaPool> {
  const { proxy = async (_service, url) => url } = options;
  const endpointsOf = async (name: string) => ({
    AWS_ENDPOINT_URL_DYNAMODB: await proxy('dynamodb', lambdaUrl, name),
    AWS_ENDPOINT_URL_SFN: await proxy('states', awsUrl, name),
    AWS_ENDPOINT_URL_SNS: await proxy('sns', awsUrl, name),
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: awsUrl,
    AWS_ENDPOINT_URL_CLOUDWATCH: awsUrl,
    AWS_ENDPOINT_URL_S3: awsUrl,
  });
  const admitting = maxRunningExecutions === undefined ? {} : { MAX_RUNNING_OF_STAGE: String(maxRunningExecutions) };
  const functions = description.functions.map(async (each) => ({
    ...each,
    directory: bundleOf(each.name),
    timeoutMs: Math.max(SHORTEST_FUNCTION_TIMEOUT_MS, each.timeoutSeconds * 1000 * timeScale),
    environment: {
      ...lambdaEnvironment({ ...each.environment, ...admitting }, timeScale, await endpointsOf(each.name)),
      ...inspection?.limits(each.environment),
    },
    ...inspection?.changesOf(each.name),
  }));
  const missing = description.functions.filter(({ name }) => !existsSync(bundleOf(name)));
  if (missing.length > 0)
    throw new Error(`Bundles are missing, of ${missing.map(({ name }) => name).join(', ')}: run make build`);
  return new LambdaPool({
    region: description.region,
    onLog: log.write,
    hasLimits: faults.lambdaConcurrency > 0,
    functions: await Promise.all(functions),
  });
}
