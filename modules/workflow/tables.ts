import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import { Construct } from 'constructs';

/** What the tables differ in from stage to stage. */
export interface TablesProps {
  /** Starts the tables' names. */
  readonly prefix: string;
  /** Whether the tables refuse to be deleted, in AWS and in Terraform's plan. */
  readonly deletionProtection: boolean;
}

/** A key: the partition attribute, then the sort attribute; all of them strings. */
type Key = readonly [hash: string, range: string];

interface TableSpec {
  readonly name: string;
  readonly key: Key;
  readonly indexes?: Readonly<Record<string, Key>>;
  /** Attribute with the epoch second after which DynamoDB deletes the row. */
  readonly expiresAttribute?: string;
}

/** The three tables (docs/design.md, Data). */
export class Tables extends Construct {
  /** Goals and their actions. */
  readonly goals: DynamodbTable;
  /** Generated tasks. */
  readonly tasks: DynamodbTable;
  /** Executions and their outcomes, kept 90 days. */
  readonly executions: DynamodbTable;

  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    this.goals = this.table(props, {
      name: 'goals',
      key: ['goalId', 'sk'],
      indexes: { byUser: ['userId', 'createdAt'] },
    });
    this.tasks = this.table(props, { name: 'tasks', key: ['goalId', 'sk'] });
    this.executions = this.table(props, {
      name: 'workflow-executions',
      key: ['executionArn', 'sk'],
      indexes: {
        byGoal: ['goalId', 'startedAt'],
        byUser: ['userId', 'startedAt'],
        // Sparse: only what runs, or of which something is due, or what is not archived yet has runningShard, the last in a
        // partition of its own, so that sweep and archiver read such rows and no others.
        byRunning: ['runningShard', 'startedAt'],
      },
      expiresAttribute: 'expiresAt',
    });
  }

  private table({ prefix, deletionProtection }: TablesProps, spec: TableSpec): DynamodbTable {
    const indexes = Object.entries(spec.indexes ?? {});
    const attributes = new Set([spec.key, ...indexes.map(([, key]) => key)].flat());
    return new DynamodbTable(this, spec.name, {
      name: `${prefix}-${spec.name}`,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: spec.key[0],
      rangeKey: spec.key[1],
      attribute: [...attributes].map((name) => ({ name, type: 'S' })),
      ...(indexes.length === 0
        ? {}
        : {
            globalSecondaryIndex: indexes.map(([name, [hashKey, rangeKey]]) => ({
              name,
              hashKey,
              rangeKey,
              projectionType: 'ALL',
            })),
          }),
      ...(spec.expiresAttribute === undefined ? {} : { ttl: { enabled: true, attributeName: spec.expiresAttribute } }),
      // The AWS managed KMS key: its use is in CloudTrail, and no reader needs a grant on it. A key of our own would
      // only add a way to lose the data.
      serverSideEncryption: { enabled: true },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: deletionProtection,
      lifecycle: { preventDestroy: deletionProtection },
    });
  }
}
