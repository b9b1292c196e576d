import { type ExecutionRows, RUNNING, shardOf, UNARCHIVED } from './records.ts';

/**
 * What is due when an execution is settled: its message to people (field `notify`) and its metrics (field `metrics`). As
 * long as one of them is, the record stays in the sweep's part of the index (`runningShard`), so that a process that dies
 * leaves nothing undone. The write that does the last of them hands the record to the archiver. Each condition says that
 * one of them is not due. Rows from before metrics were kept have no such field.
 */
const IS_DONE = { notify: '#notify IN (:none, :sent)', metrics: 'NOT #metrics = :pending' };

const VALUES = {
  none: 'none',
  sent: 'sent',
  pending: 'pending',
  running: RUNNING,
  unarchived: UNARCHIVED,
};

type Fields = Readonly<Record<string, string>>;

/** Notes that one thing is done, and hands the record to the archiver with the same write if the other one is not due. */
async function finish(
  executions: ExecutionRows,
  executionArn: string,
  { set, isDue, otherIsDone, values }: { set: Fields; isDue: string; otherIsDone: string; values?: Fields },
): Promise<boolean> {
  const change = { set, condition: isDue, values: { ...VALUES, ...values } };
  const last = {
    set: { ...set, runningShard: shardOf(UNARCHIVED, executionArn) },
    condition: `${isDue} AND ${otherIsDone}`,
  };
  return (
    (await executions.change(executionArn, { ...change, ...last })) || (await executions.change(executionArn, change))
  );
}

/** Notes that people have been told. @param before what `notify` was for this caller */
export const noteTold = (executions: ExecutionRows, executionArn: string, before: 'pending' | 'machine') =>
  finish(executions, executionArn, {
    set: { notify: 'sent' },
    isDue: '#notify = :before',
    otherIsDone: IS_DONE.metrics,
    values: { before },
  });

/**
 * Takes the writing of the metrics upon itself, before it is done.
 * @param writer an id of this call alone: a write whose answer is lost is sent again by the SDK, and is to succeed again
 */
export const claimMetrics = (executions: ExecutionRows, executionArn: string, writer: string) =>
  finish(executions, executionArn, {
    set: { metrics: 'sent', metricsBy: writer },
    isDue: '(#metrics = :pending OR #metricsBy = :metricsBy)',
    otherIsDone: IS_DONE.notify,
  });

/** Gives what `claimMetrics` took to the sweep, when the metrics certainly are not written. */
export const giveMetricsBack = (executions: ExecutionRows, executionArn: string, writer: string) =>
  executions.change(executionArn, {
    set: { metrics: 'pending', runningShard: shardOf(RUNNING, executionArn) },
    condition: 'metricsBy = :writer',
    values: { writer },
  });

/** Hands a record to the archiver of which nothing is due: two that finished at the same moment may both have left it to the sweep. */
export const leaveSweep = (executions: ExecutionRows, executionArn: string) =>
  executions.change(executionArn, {
    set: { runningShard: shardOf(UNARCHIVED, executionArn) },
    condition: `begins_with(#runningShard, :running) AND ${IS_DONE.notify} AND ${IS_DONE.metrics}`,
    values: VALUES,
  });

/** Takes an archived record out of the index, unless something has become due of it meanwhile. */
export const leaveIndex = (executions: ExecutionRows, executionArn: string) =>
  executions.change(executionArn, {
    remove: ['runningShard'],
    condition: 'begins_with(#runningShard, :unarchived)',
    values: VALUES,
  });
