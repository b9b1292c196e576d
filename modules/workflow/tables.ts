import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { defined } from '../defined.ts';

/** A key: the partition attribute, then the sort attribute; all of them strings. */
type Key = readonly [hash: string, range: string];

interface TableSpec {
  readonly key: Key;
  readonly indexes?: Readonly<Record<string, Key>>;
  /** Attribute with the epoch second after which DynamoDB deletes the row. */
  readonly expiresAttribute?: string;
}

/** The three tables (docs/design.md, Data): goals and their actions, generated tasks, executions and their outcomes. */
const TABLES = {
  goals: { key: ['goalId', 'sk'], indexes: { byUser: ['userId', 'createdAt'] } },
  tasks: { key: ['goalId', 'sk'] },
  executions: {
    key: ['executionArn', 'sk'],
    indexes: {
      byGoal: ['goalId', 'startedAt'],
      byUser: ['userId', 'startedAt'],
      // Sparse: only what runs, or of which something is due, or what is not archived yet has runningShard, the last in a
      // partition of its own, so that sweep and archiver read such rows and no others.
      byRunning: ['runningShard', 'startedAt'],
    },
    // 90 days after its start.
    expiresAttribute: 'expiresAt',
  },
} as const satisfies Record<string, TableSpec>;

/** The names of each table's indexes. */
export const INDEXES: Readonly<Record<keyof typeof TABLES, readonly string[]>> = {
  goals: Object.keys(TABLES.goals.indexes),
  tasks: [],
  executions: Object.keys(TABLES.executions.indexes),
};

/** Makes the tables of a stage. */
export function makeTables(scope: Construct, { names, settings: { deletionProtection } }: StageConfig) {
  const tables = new Construct(scope, 'tables');
  const make = (id: string, { name }: { name: string }, spec: TableSpec) => {
    const table = new DynamodbTable(tables, id, {
      ...keysOf(spec),
      name,
      billingMode: 'PAY_PER_REQUEST',
      // The AWS managed KMS key: its use is in CloudTrail, and no reader needs a grant on it. A key of our own would
      // only add a way to lose the data.
      serverSideEncryption: { enabled: true },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: deletionProtection,
      lifecycle: { preventDestroy: deletionProtection },
    });
    table.addOverride('global_secondary_index', spec.indexes && indexesOf(spec.indexes));
    return table;
  };
  return {
    goals: make('goals', names.goals, TABLES.goals),
    tasks: make('tasks', names.tasks, TABLES.tasks),
    executions: make('workflow-executions', names.executions, TABLES.executions),
  };
}

function keysOf({ key: [hashKey, rangeKey], indexes, expiresAttribute }: TableSpec) {
  const attributes = new Set([hashKey, rangeKey, ...Object.values(indexes ?? {}).flat()]);
  return {
    hashKey,
    rangeKey,
    attribute: [...attributes].map((name) => ({ name, type: 'S' })),
    ...defined({
      ttl: expiresAttribute === undefined ? undefined : { enabled: true, attributeName: expiresAttribute },
    }),
  };
}

/** As Terraform reads them: the bindings know `hash_key` and `range_key` alone, which the provider deprecates. */
function indexesOf(indexes: NonNullable<TableSpec['indexes']>) {
  return Object.entries(indexes).map(([name, [hash, range]]) => ({
    name,
    key_schema: [
      { attribute_name: hash, key_type: 'HASH' },
      { attribute_name: range, key_type: 'RANGE' },
    ],
    projection_type: 'ALL',
  }));
}
