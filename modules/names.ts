import { hasPart, type StageSettings } from './settings-schema.ts';

/** Alias of the newest version: of each function, and of the state machine, where executions are started on it. */
export const LIVE = 'live';

/** What a dead-letter queue is called after its prefix. One queue a function, so that the alarm says whose messages they are. */
export const QUEUES = {
  'status-events': 'dead-letters',
  sweep: 'sweep-dead-letters',
  archive: 'archive-dead-letters',
} as const;

/** A dead-letter queue, by the events that end up there. */
export type QueueName = keyof typeof QUEUES;

/** What a stage's resources are called: all that follows from its settings, and needs no resource to be made first. */
export type Names = ReturnType<typeof namesOf>;

/**
 * Names and ARNs of a stage's resources. They are texts, no references, so Terraform may make a function before the table
 * that it uses: until the first deploy of a stage has ended, its calls may fail. Where the order matters, use a reference.
 */
export function namesOf(stage: string, prefix: string, settings: StageSettings) {
  const { region, account } = settings;
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const named = (name: string, service: string, kind = '') => ({ name, arn: arn(service, `${kind}${name}`) });
  const table = (name: string) => named(`${prefix}-${name}`, 'dynamodb', 'table/');
  const queue = (id: QueueName) => named(`${prefix}-${QUEUES[id]}`, 'sqs');
  const globalPrefix = `${prefix}-${region}`;
  const archive = `${globalPrefix}-archive-${account}`;
  const versions = hasPart(settings, 'state-machine-versions');
  const stateMachine = named(prefix, 'states', 'stateMachine:');
  return {
    /**
     * Starts the names that all regions share, in the account (IAM, CloudFront, dashboards) or in all of AWS (buckets): a copy of the
     * stage in another region has others. At most 41 characters, so that 23 are left in a role's name and 22 in a bucket's.
     */
    globalPrefix,
    goals: table('goals'),
    tasks: table('tasks'),
    executions: table('workflow-executions'),
    archive: { name: archive, arn: `arn:aws:s3:::${archive}` },
    alerts: named(`${prefix}-alerts`, 'sns'),
    notices: named(`${prefix}-notices`, 'sns'),
    queues: { 'status-events': queue('status-events'), sweep: queue('sweep'), archive: queue('archive') },
    stateMachine,
    /** Whether the state machine has versions behind an alias; otherwise executions run the newest definition. */
    versions,
    /** ARN that executions are started on: the alias, or the state machine itself where there are no versions. */
    startArn: versions ? `${stateMachine.arn}:${LIVE}` : stateMachine.arn,
    /** ARN pattern of the state machine's executions. */
    everyExecution: arn('states', `execution:${prefix}:*`),
    /** Namespace of our own metrics. */
    metricsNamespace: `GoalActivity/${stage}`,
    functionName: (lambda: string) => `${prefix}-${lambda}`,
    functionArn: (lambda: string) => arn('lambda', `function:${prefix}-${lambda}`),
    roleName: (of: string) => `${globalPrefix}-${of}`,
  };
}
