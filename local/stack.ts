import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readAwsFaults } from './aws/aws-faults.ts';
import { startExpiry } from './aws/dynamodb/expiry.ts';
import { startScheduler } from './aws/events/schedule.ts';
import { checkDefinition } from './aws/step-functions/index.ts';
import { warmUp } from './aws/warm-up.ts';
import { openLogFile } from './log-file.ts';
import { readSettings } from './settings.ts';
import type { StackContext, StackOptions } from './stack/context.ts';
import { startFront } from './stack/front.ts';
import { inspectionOf } from './stack/inspect.ts';
import { startServices } from './stack/services.ts';
import { startWorkflow } from './stack/workflow.ts';
import { readTerraform } from './terraform/stack-description.ts';

export type { Service, StackOptions } from './stack/context.ts';

/** The running local stack. */
export type LocalStack = Awaited<ReturnType<typeof startParts>>;

/** Path of a stage's Terraform JSON. */
export const terraformPath = (stage: string) =>
  join(import.meta.dirname, '..', 'cdktf.out', 'stacks', `goal-activity-${stage}`, 'cdk.tf.json');

/**
 * Runs what the Terraform JSON describes on this machine: database, workflow engine, Lambdas, topics, event rules and
 * HTTP API, with a mock for the AI alone. Executions that a kill had cut off are ended as ABORTED, and their events
 * delivered, before it answers.
 * @throws Error with a message for people: a port in use, a missing binary, a setting that cannot be used
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { environment, quiet = false } = options;
  const settings = readSettings(environment);
  const faults = readAwsFaults(environment.AWS_FAULTS);
  const description = readTerraform(terraformPath(environment.STAGE || 'dev'));
  const inspection = inspectionOf(settings, description);
  mkdirSync(settings.dataDir, { recursive: true });
  const closer = new AsyncDisposableStack();
  try {
    const log = openLogFile(join(settings.dataDir, 'lambda.log'), quiet);
    closer.defer(() => log.close());
    return await startParts({ options, settings, faults, description, inspection, log, closer });
  } catch (error) {
    await closer.disposeAsync();
    throw error;
  }
}

async function startParts(context: StackContext) {
  const { options, settings, description, log, closer } = context;
  const { region, account, schedules } = description;
  const services = await startServices(context);
  const { database, sns, cloudWatch, bedrock } = services;
  const workflow = await startWorkflow(context, services);
  const { awsUrl, stepFunctions, lambda, asynchronously } = workflow;
  const expiry = startExpiry({
    tables: database.tables,
    databaseUrl: database.url,
    region,
    onFailure: (error) => log.write('dynamodb', `rows did not expire: ${String(error)}`),
  });
  closer.defer(() => expiry.close());
  const front = await startFront(context, services, workflow, expiry);

  // Where waits are scaled, a step has a second, which the start of its process would take away.
  if (settings.timeScale < 1) await lambda.warm(workflow.steps);
  const recovered = await stepFunctions.executions.recover();
  const scheduler = startScheduler({ ...asynchronously, schedules, region, account });
  closer.defer(() => scheduler.close());
  cloudWatch.start();
  // Begun last, since it takes a processor while everything else would start.
  const invalid = new Promise<Error>((resolve) => {
    void checkDefinition(description.stateMachine.definition).then((error) => error && resolve(error));
  });
  if (options.warmUp) await warmUp(front.url, await front.issueToken('warm-up'), bedrock);
  return {
    /** Of the HTTP API. */
    url: front.url,
    description,
    bedrock,
    stepFunctions,
    lambda,
    /** Of dynoxide, past all faults. */
    databaseUrl: database.url,
    /** Of the dynoxide that runs now. */
    databasePid: database.pid,
    /** Of Step Functions, SNS, CloudWatch, Bedrock and S3. */
    awsUrl,
    /** Where every log line of the Lambdas is. */
    logFile: log.path,
    /** The Lambda that a debugger may enter, and where; undefined without INSPECT. */
    inspected: workflow.inspected,
    /** Executions that a kill had cut off and that are now ended as ABORTED. */
    recovered,
    /** Resolves to the reason should the stack be unable to go on: its database has ended for good, or its definition is invalid. */
    lost: Promise.race([database.lost, invalid]),
    inbox: () => sns.messages(),
    /** What CloudWatch holds, by namespace. */
    metrics: () => cloudWatch.metrics(),
    alarms: () => cloudWatch.alarms(),
    /** Deletes the rows whose time to live ended before a time, in seconds since the epoch, as DynamoDB does. */
    expire: expiry.expire,
    /** States that an execution has entered so far, which is what AWS bills. */
    stateEntries: (executionArn: string) => stepFunctions.executions.stateEntries(executionArn),
    close: () => closer.disposeAsync(),
  };
}
