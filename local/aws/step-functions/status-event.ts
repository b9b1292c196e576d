import { randomUUID } from 'node:crypto';
import type { ExecutionRecord } from './store.ts';

/** EventBridge's "Step Functions Execution Status Change", field for field as AWS sends it. */
export interface StatusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Step Functions Execution Status Change';
  readonly source: 'aws.states';
  readonly account: string;
  /** ISO-8601 without milliseconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly [executionArn: string];
  readonly detail: StatusDetail;
}

export interface StatusDetail {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionRecord['status'];
  /** Milliseconds since the epoch. */
  readonly startDate: number;
  readonly stopDate: number | null;
  readonly input: string | null;
  readonly output: string | null;
  readonly stateMachineVersionArn: null;
  readonly stateMachineAliasArn: string | null;
  readonly redriveCount: 0;
  readonly redriveDate: null;
  readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE';
  readonly redriveStatusReason: string | null;
  readonly inputDetails: { readonly included: boolean };
  readonly outputDetails: { readonly included: boolean } | null;
  readonly error: string | null;
  readonly cause: string | null;
}

/** EventBridge takes events of 256 KB; Step Functions leaves out the input, then the output, above this. */
const MAX_DATA_BYTES = 248 * 1024;

/** The event for the status that the record has. */
export function statusEvent(record: ExecutionRecord, stateMachineArn: string): StatusEvent {
  const [, , , region = '', account = ''] = stateMachineArn.split(':');
  const time = new Date(record.stopDate ?? record.startDate);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account,
    time: `${time.toISOString().slice(0, 19)}Z`,
    region,
    resources: [record.executionArn],
    detail: statusDetail(record, stateMachineArn),
  };
}

function statusDetail(record: ExecutionRecord, stateMachineArn: string): StatusDetail {
  const outputBytes = escapedBytes(record.output);
  const isInputIncluded = escapedBytes(record.input) + outputBytes <= MAX_DATA_BYTES;
  const isOutputIncluded = outputBytes <= MAX_DATA_BYTES;
  return {
    executionArn: record.executionArn,
    stateMachineArn,
    name: record.name,
    status: record.status,
    startDate: record.startDate,
    stopDate: record.stopDate ?? null,
    input: isInputIncluded ? record.input : null,
    output: isOutputIncluded ? (record.output ?? null) : null,
    stateMachineVersionArn: null,
    stateMachineAliasArn: record.stateMachineAliasArn ?? null,
    redriveCount: 0,
    redriveDate: null,
    redriveStatusReason: null,
    ...redrive(record.status),
    inputDetails: { included: isInputIncluded },
    outputDetails: record.output === undefined ? null : { included: isOutputIncluded },
    error: record.error ?? null,
    cause: record.cause ?? null,
  };
}

/** AWS lets one redrive what ended without success. */
export function redrive(status: ExecutionRecord['status']): {
  redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE';
  redriveStatusReason?: string;
} {
  return status === 'RUNNING' || status === 'SUCCEEDED'
    ? {
        redriveStatus: 'NOT_REDRIVABLE',
        redriveStatusReason: `Execution is ${status} and cannot be redriven`,
      }
    : { redriveStatus: 'REDRIVABLE' };
}

function escapedBytes(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(JSON.stringify(text));
}
