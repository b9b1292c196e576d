import { isInferenceProfile, PROFILE_PREFIX } from '../config.ts';
import type { StageSettings } from '../settings-schema.ts';
import type { LambdaName } from './function-table.ts';
import { allow, type Statement } from './policy.ts';

/** The ARNs that grants name. */
export interface GrantTargets {
  /** ARN of the table `goals`. */
  readonly goals: string;
  /** ARN of the table `tasks`. */
  readonly tasks: string;
  /** ARN of the table `workflow-executions`. */
  readonly executions: string;
  /** ARN of the state machine, without version or alias: that is what Step Functions authorizes against. */
  readonly stateMachine: string;
  /** ARN pattern of the state machine's executions. */
  readonly stateMachineExecutions: string;
  /** ARN of the topic `alerts`. */
  readonly alertsTopic: string;
  /** Lets a publisher use the topics' key. */
  readonly topicKey: Statement;
  /** Alias that executions are started on; without one, they are started on the state machine itself. */
  readonly stateMachineAlias?: string;
  /** ARN of the queue for status events that could not be handled. */
  readonly deadLetterQueue: string;
  /** ARN of the queue for sweeps that failed. */
  readonly sweepDeadLetterQueue: string;
  /** ARN of the queue for runs of the archiver that failed. */
  readonly archiveDeadLetterQueue: string;
  /** ARN of the archive's bucket. */
  readonly archiveBucket: string;
  /** Namespace of the custom metrics. */
  readonly metricsNamespace: string;
  /** Lets a function call the model. */
  readonly model: readonly Statement[];
}

type Table = 'goals' | 'tasks' | 'executions';

/**
 * What each function may do, besides its logs and traces. Items of a transaction need the action of the single
 * call (PutItem, UpdateItem, DeleteItem, ConditionCheckItem).
 */
export function grantsOf(lambda: LambdaName, targets: GrantTargets): readonly Statement[] {
  const on = (sid: string, tables: readonly Table[], ...operations: string[]) =>
    allow(
      sid,
      operations.map((operation) => `dynamodb:${operation}`),
      tables.map((table) => targets[table]),
    );
  const byUser = (table: Table) => allow('ByUser', ['dynamodb:Query'], [`${targets[table]}/index/byUser`]);
  const byRunning = allow('Running', ['dynamodb:Query'], [`${targets.executions}/index/byRunning`]);
  const stop = allow('Stop', ['states:StopExecution'], [targets.stateMachineExecutions]);
  const alert = [allow('Alert', ['sns:Publish'], [targets.alertsTopic]), targets.topicKey];
  /** A metric is no resource that a policy could name, so AWS forces the wildcard; the namespace is what can be fixed. */
  const metrics = allow('Metrics', ['cloudwatch:PutMetricData'], ['*'], {
    StringEquals: { 'cloudwatch:namespace': targets.metricsNamespace },
  });
  /** Lambda itself sends what it gives up to the queue, with the function's role. */
  const deadLetter = (queue: string) => allow('DeadLetter', ['sqs:SendMessage'], [queue]);
  /** What repair.ts does besides the database: start a claimed execution, end a cancelled one, look at one that is late. */
  const repair = [
    allow(
      'Start',
      ['states:StartExecution'],
      [targets.stateMachine],
      targets.stateMachineAlias === undefined
        ? undefined
        : { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': targets.stateMachineAlias } },
    ),
    allow('Describe', ['states:DescribeExecution'], [targets.stateMachineExecutions]),
    stop,
  ];
  /** Fence the outcomes, settle record and goal, delete the tasks of the execution (rule 2). */
  const settle = [
    on('Executions', ['executions'], 'Query', 'GetItem', 'UpdateItem'),
    on('Goals', ['goals'], 'UpdateItem'),
    on('Tasks', ['tasks'], 'Query', 'DeleteItem'),
  ];
  /** Claim, StartExecution, and the repair of what holds the goal. */
  const start = [
    on('Goals', ['goals'], 'GetItem', 'Query', 'UpdateItem'),
    on('Executions', ['executions'], 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    on('Tasks', ['tasks'], 'Query', 'DeleteItem'),
    ...repair,
  ];
  const executionIndexes = ['byUser', 'byGoal'].map((index) => `${targets.executions}/index/${index}`);
  const grants: Record<LambdaName, readonly Statement[]> = {
    'start-workflow': start,
    'retry-workflow': start,
    'list-workflows': [
      allow('ByUserOrGoal', ['dynamodb:Query'], executionIndexes),
      // The key that signs cursors: see lambdas/core/src/http/cursor.ts.
      allow('CursorKey', ['dynamodb:UpdateItem'], [targets.goals], {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'cursors' },
      }),
    ],
    'get-history': [
      on('Executions', ['executions'], 'Query'),
      allow('History', ['states:GetExecutionHistory'], [targets.stateMachineExecutions]),
    ],
    'validate-input': [on('Read', ['goals', 'executions'], 'GetItem'), on('Confirm', ['executions'], 'UpdateItem')],
    'get-actions': [on('Goals', ['goals'], 'Query')],
    'create-batches': [on('Executions', ['executions'], 'UpdateItem')],
    'generate-tasks': [
      on('Goals', ['goals'], 'BatchGetItem'),
      on('Executions', ['executions'], 'Query', 'UpdateItem'),
      ...targets.model,
    ],
    'save-tasks': [
      on('Tasks', ['tasks'], 'PutItem'),
      on('Executions', ['executions'], 'Query', 'UpdateItem', 'GetItem'),
    ],
    'update-progress': [on('Executions', ['executions'], 'Query', 'GetItem', 'UpdateItem')],
    'aggregate-results': [on('Executions', ['executions'], 'Query', 'UpdateItem')],
    'update-goal-status': [
      on('Executions', ['executions'], 'Query', 'GetItem', 'UpdateItem'),
      on('Goals', ['goals'], 'UpdateItem'),
      metrics,
    ],
    'get-status': [...settle, ...repair],
    'cancel-workflow': [...settle, stop],
    'handle-error': [...settle, ...alert, metrics, deadLetter(targets.deadLetterQueue)],
    'reconcile-executions': [
      ...settle,
      byRunning,
      ...repair,
      ...alert,
      metrics,
      deadLetter(targets.sweepDeadLetterQueue),
    ],
    'archive-executions': [
      on('Executions', ['executions'], 'Query', 'UpdateItem'),
      byRunning,
      allow('Archive', ['s3:PutObject'], [`${targets.archiveBucket}/executions/*`]),
      metrics,
      deadLetter(targets.archiveDeadLetterQueue),
    ],
    goals: [
      on('Goals', ['goals'], 'PutItem', 'GetItem', 'Query', 'UpdateItem'),
      byUser('goals'),
      on('Tasks', ['tasks'], 'Query'),
    ],
  };
  return grants[lambda];
}

const INVOKE = ['bedrock:InvokeModel'];

/**
 * Call of the stage's model, and of those that versions before the newest may still call: all versions have one role. An
 * inference profile needs a grant on itself and on the model in each region it routes to; there only through the profile,
 * so that nobody calls the model past it. A model that is no profile runs where it is called.
 */
export function modelStatements(settings: StageSettings): readonly Statement[] {
  const { region, account, modelId, previousModelIds = [], modelRegions } = settings;
  return [modelId, ...previousModelIds].flatMap((id, index) => {
    const number = index === 0 ? '' : String(index);
    const modelIn = (at: string) => `arn:aws:bedrock:${at}::foundation-model/${id.replace(PROFILE_PREFIX, '')}`;
    if (!isInferenceProfile(id)) return [allow(`Model${number}`, INVOKE, [modelIn(region)])];
    const profile = `arn:aws:bedrock:${region}:${account}:inference-profile/${id}`;
    return [
      allow(`Profile${number}`, INVOKE, [profile]),
      allow(`Model${number}`, INVOKE, modelRegions.map(modelIn), {
        StringEquals: { 'bedrock:InferenceProfileArn': profile },
      }),
    ];
  });
}
