import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { parse } from '@goal-activity/core/boundary.ts';
import { ValidationError } from '@goal-activity/core/errors.ts';
import { EXECUTION } from '@goal-activity/core/executions.ts';
import { errorFields, type Log } from '@goal-activity/core/logger.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { archivableSchema, outputSchema, streamRecordSchema } from './schema.ts';
import * as validators from './validators.generated.js';

export type Output = FromSchema<typeof outputSchema>;
type StreamRecord = FromSchema<typeof streamRecordSchema>;
type Archivable = FromSchema<typeof archivableSchema>;
type Row = Readonly<Record<string, unknown>>;

export interface Collaborators {
  /** The rows of the execution's actions, as they are in the table, in order of position; consistent. */
  listRows(executionArn: string): Promise<Row[]>;
  /** Writes an object unless there is one under this key. @returns false when there was one already */
  put(key: string, body: string): Promise<boolean>;
  readonly log: Log;
}

/** Executions archived at once: a query and an upload each. */
const AT_ONCE = 10;

/** Whether TTL deleted an execution's record: a delete by hand is meant to leave nothing, and outcomes go with their record. */
export function isExpiredExecution({ eventName, userIdentity, dynamodb }: StreamRecord): boolean {
  return (
    eventName === 'REMOVE' &&
    userIdentity?.type === 'Service' &&
    userIdentity.principalId === 'dynamodb.amazonaws.com' &&
    dynamodb.Keys.sk?.S === EXECUTION
  );
}

/** Where an execution is filed, so that it is found by goal and date (and by Athena, as partitions). */
export function archiveKey({ goalId, startedAt, name }: Archivable): string {
  return `executions/goalId=${goalId}/date=${startedAt.slice(0, 10)}/${name}.json`;
}

/** Keys in order, at every depth: equal rows make equal bytes. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

/** The archived object: the rows with all their attributes, but for the sort key, which says nothing outside the table. */
export function archiveBody(execution: Row, outcomes: readonly Row[]): string {
  const content = ({ sk: _sk, ...row }: Row) => row;
  return `${JSON.stringify(sorted({ execution: content(execution), outcomes: outcomes.map(content) }))}\n`;
}

const ATTRIBUTE_TYPES = new Set(['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL']);

/** Whether this is a row as a stream writes it: each attribute an object of one type; what is nested, unmarshall checks. */
function isImage(image: object | undefined): image is Record<string, AttributeValue> {
  if (image === undefined) return false;
  return Object.values(image).every((attribute: unknown) => {
    const types = Object.keys(Object(attribute));
    return types.length === 1 && types.every((type) => ATTRIBUTE_TYPES.has(type));
  });
}

async function archive(record: StreamRecord, { listRows, put, log }: Collaborators): Promise<void> {
  const image: object | undefined = record.dynamodb.OldImage;
  if (!isImage(image)) throw new ValidationError('The stream record does not hold the row that was deleted');
  const row: Row = unmarshall(image);
  const execution = parse<Archivable>(validators.archivable, row, 'The expired record');
  const { executionArn, goalId } = execution;
  const written = await put(archiveKey(execution), archiveBody(row, await listRows(executionArn)));
  log.info(written ? 'execution archived' : 'execution was archived before', { executionArn, goalId });
}

/** Sequence number and execution of a record, whatever else is wrong with it. */
function identify(record: unknown): { itemIdentifier: string; executionArn: string } {
  const inside = (value: unknown, ...path: string[]): unknown =>
    path.reduce((holder: unknown, name) => Reflect.get(Object(holder), name), value);
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    itemIdentifier: textOf(inside(record, 'dynamodb', 'SequenceNumber')),
    executionArn: textOf(inside(record, 'dynamodb', 'Keys', 'executionArn', 'S')).slice(0, 256),
  };
}

/**
 * Writes one object an execution that TTL removed. A record delivered again finds its object there, and changes nothing.
 * Each failure is reported by itself, and delivered again; the others are done.
 */
export async function archiveExecutions(records: readonly unknown[], collaborators: Collaborators): Promise<Output> {
  const batchItemFailures: Output['batchItemFailures'] = [];
  const archiveOne = async (record: unknown) => {
    try {
      const checked = parse<StreamRecord>(validators.streamRecord, record, 'The stream record');
      if (isExpiredExecution(checked)) await archive(checked, collaborators);
    } catch (thrown) {
      const { itemIdentifier, executionArn } = identify(record);
      collaborators.log.error('execution could not be archived', { executionArn, ...errorFields(thrown) });
      batchItemFailures.push({ itemIdentifier });
    }
  };
  for (let start = 0; start < records.length; start += AT_ONCE) {
    await Promise.all(records.slice(start, start + AT_ONCE).map(archiveOne));
  }
  return { batchItemFailures };
}
