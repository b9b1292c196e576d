import { isInferenceProfile, PROFILE_PREFIX, type StageConfig } from '../config.ts';
import { LIVE, type QueueName } from '../names.ts';
import { allow, type Statement } from '../policy-document.ts';

/** What grants are made from. */
interface GrantTargets extends StageConfig {
  /** Lets a publisher use the topics' key. */
  readonly topicKey: Statement;
}

/** Something that a function may do: the statements for it, once the targets are known. */
export type Grant = (targets: GrantTargets) => readonly Statement[];

type Table = 'goals' | 'tasks' | 'executions';
const SID = { goals: 'Goals', tasks: 'Tasks', executions: 'Executions' } as const;

/**
 * Operations on the rows of a table. Items of a transaction need the operation of the single call (PutItem, UpdateItem,
 * DeleteItem, ConditionCheckItem).
 */
export const on =
  (table: Table, ...operations: readonly string[]): Grant =>
  ({ names }) => [
    allow(
      SID[table],
      operations.map((operation) => `dynamodb:${operation}`),
      [names[table].arn],
    ),
  ];

/** Query of indexes of a table. */
export const query =
  (table: Table, ...indexes: readonly string[]): Grant =>
  ({ names }) => [
    allow(
      `${SID[table]}${indexes.map((index) => index.replace('by', 'By')).join('')}`,
      ['dynamodb:Query'],
      indexes.map((index) => `${names[table].arn}/index/${index}`),
    ),
  ];

/** The key that signs cursors, in a row of the table goals: see lambdas/core/src/http/cursor.ts. */
export const cursorKey: Grant = ({ names }) => [
  allow('CursorKey', ['dynamodb:UpdateItem'], [names.goals.arn], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'cursors' },
  }),
];

/** Step Functions authorizes against the state machine, whatever the alias; the condition narrows it to that. */
const start: Grant = ({ names }) => [
  allow(
    'Start',
    ['states:StartExecution'],
    [names.stateMachine.arn],
    names.versions ? { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': LIVE } } : undefined,
  ),
];

/** An operation on the executions of the state machine. */
const ofExecutions =
  (sid: string, operation: string): Grant =>
  ({ names }) => [allow(sid, [`states:${operation}`], [names.everyExecution])];

export const stop = ofExecutions('Stop', 'StopExecution');
export const readHistory = ofExecutions('History', 'GetExecutionHistory');

/** What repair.ts does besides the database: start a claimed execution, end a cancelled one, look at one that is late. */
export const repair: readonly Grant[] = [start, ofExecutions('Describe', 'DescribeExecution'), stop];

/** Take back the tasks of a cancelled execution, and put back those whose place they took (rules 7 and 8). */
const takeBack = on('tasks', 'Query', 'DeleteItem', 'PutItem', 'ConditionCheckItem');

/** Fence the outcomes, settle record and goal, delete the tasks of the execution (rule 2). */
export const settle: readonly Grant[] = [
  on('executions', 'Query', 'GetItem', 'UpdateItem'),
  on('goals', 'UpdateItem'),
  takeBack,
];

/** Claim, StartExecution, and the repair of what holds the goal. */
export const claim: readonly Grant[] = [
  on('goals', 'GetItem', 'Query', 'UpdateItem'),
  on('executions', 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
  takeBack,
  ...repair,
];

/** Publish alerts. */
export const alert: Grant = ({ names, topicKey }) => [allow('Alert', ['sns:Publish'], [names.alerts.arn]), topicKey];

/** A metric is no resource that a policy could name, so AWS forces the wildcard; the namespace is what can be fixed. */
export const writeMetrics: Grant = ({ names }) => [
  allow('Metrics', ['cloudwatch:PutMetricData'], ['*'], {
    StringEquals: { 'cloudwatch:namespace': names.metricsNamespace },
  }),
];

/** Write archived executions. */
export const archive: Grant = ({ names }) => [
  allow('Archive', ['s3:PutObject'], [`${names.archive.arn}/executions/*`]),
];

/** Lambda itself sends what it gives up to the queue, with the function's role. */
export const deadLetters =
  (queue: QueueName): Grant =>
  ({ names }) => [allow('DeadLetter', ['sqs:SendMessage'], [names.queues[queue].arn])];

/**
 * Call of the stage's model, and of those that versions before the newest may still call: all versions have one role. An
 * inference profile needs a grant on itself and on the model in each region it routes to; there only through the profile,
 * so that nobody calls the model past it. A model that is no profile runs where it is called.
 */
export const callModel: Grant = ({ settings }) => {
  const { region, account, modelId, previousModelIds = [], modelRegions } = settings;
  return [modelId, ...previousModelIds].flatMap((id, index) => {
    const number = index === 0 ? '' : String(index);
    const modelIn = (at: string) => `arn:aws:bedrock:${at}::foundation-model/${id.replace(PROFILE_PREFIX, '')}`;
    const call = (Sid: string, models: readonly string[], condition?: Statement['Condition']) =>
      allow(`${Sid}${number}`, ['bedrock:InvokeModel'], models, condition);
    if (!isInferenceProfile(id)) return [call('Model', [modelIn(region)])];
    const profile = `arn:aws:bedrock:${region}:${account}:inference-profile/${id}`;
    const through = { StringEquals: { 'bedrock:InferenceProfileArn': profile } };
    return [call('Profile', [profile]), call('Model', modelRegions.map(modelIn), through)];
  });
};
