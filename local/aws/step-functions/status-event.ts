import { randomUUID } from 'node:crypto';
import type { ExecutionRecord } from './store.ts';

/** EventBridge's "Step Functions Execution Status Change", field for field as AWS sends it. */
export type StatusEvent = ReturnType<typeof statusEvent>;

/** The event for the status that the record has. Its `time` is ISO 8601 without milliseconds, its dates are milliseconds since the epoch. */
export function statusEvent(record: ExecutionRecord, stateMachineArn: string) {
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
    detail: detailOf(record, stateMachineArn),
  };
}

function detailOf(record: ExecutionRecord, stateMachineArn: string) {
  const { executionArn, name, status, startDate, stopDate = null, input, output = null } = record;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate,
    stopDate,
    input,
    output,
    stateMachineVersionArn: null,
    stateMachineAliasArn: record.stateMachineAliasArn ?? null,
    redriveCount: 0,
    redriveDate: null,
    redriveStatusReason: null,
    ...redrive(status),
    inputDetails: { included: true },
    outputDetails: output === null ? null : { included: true },
    error: record.error ?? null,
    cause: record.cause ?? null,
  };
}

/** AWS lets one redrive what ended without success. */
export function redrive(status: ExecutionRecord['status']) {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return { redriveStatus: 'REDRIVABLE' };
  return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: `Execution is ${status} and cannot be redriven` };
}
