import type { MetricDatum, PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { expect } from 'chai';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import { durationOf } from '../../src/execution/records.ts';
import type { End } from '../../src/execution/settle.ts';
import { metricData } from '../../src/report/metrics.ts';
import type { ExecutionRow, OutcomeRow } from '../../src/types.ts';
import { givenMetrics } from '../support/ends.ts';
import { beforeEachCall, failing } from '../support/failing.ts';
import { executionRow, outcomeRow } from '../support/rows.ts';

const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1';
const record = executionRow({
  executionArn,
  status: 'PARTIALLY_SUCCEEDED',
  stoppedAt: '2026-11-24T00:01:30.500Z',
  currentState: 'Ended',
  totalActions: 4,
  processedActions: 4,
  version: 9,
});
const row = (position: number, changes: Partial<OutcomeRow>) => outcomeRow(position, { executionArn, ...changes });
const outcomes = [
  row(0, { usage: { inputTokens: 100, outputTokens: 50, latencyMs: 1200 } }),
  row(1, { usage: { inputTokens: 200, outputTokens: 60, latencyMs: 1200 } }),
  row(2, { usage: { inputTokens: 300, outputTokens: 70, latencyMs: 900 } }),
  row(3, { outcome: 'FAILED', taskCount: 0, error: 'TransientError', reason: 'throttled' }),
];
const prices = { input: 1, output: 5 };

/** The data by name, each with its value or values, and its unit. */
function byName({ MetricData = [] }: PutMetricDataCommandInput) {
  return Object.fromEntries(MetricData.map((datum) => [datum.MetricName, datum]));
}
const valuesOf = (input: PutMetricDataCommandInput) =>
  Object.fromEntries((input.MetricData ?? []).map(({ MetricName, Value, Values }) => [MetricName, Value ?? Values]));

describe('metricData', () => {
  it('counts what an execution did, without dimensions, at the time of its end', () => {
    const input = metricData('GoalActivity/dev', record, outcomes, prices);
    expect(input.Namespace).to.equal('GoalActivity/dev');
    expect(valuesOf(input)).to.deep.equal({
      Executions: 1,
      ExecutionsSucceeded: 0,
      ExecutionsPartiallySucceeded: 1,
      ExecutionsFailed: 0,
      ExecutionsTimedOut: 0,
      ExecutionsAborted: 0,
      SuccessRate: 75,
      ExecutionDuration: 90_500,
      ActionFailures: 1,
      ActionFailuresOutOfRetries: 1,
      TasksSaved: 9,
      AiLatency: [1200, 900],
      InputTokens: 600,
      OutputTokens: 180,
      EstimatedCost: 0.0015,
    });
    expect(byName(input).AiLatency?.Counts).to.deep.equal([2, 1]);
    const units = (unit: MetricDatum['Unit']) =>
      (input.MetricData ?? []).filter(({ Unit }) => Unit === unit).map(({ MetricName }) => MetricName);
    expect(units('Milliseconds')).to.deep.equal(['ExecutionDuration', 'AiLatency']);
    expect(units('Percent')).to.deep.equal(['SuccessRate']);
    expect(units('None')).to.deep.equal(['EstimatedCost']);
    expect(units('Count')).to.have.length(Object.keys(byName(input)).length - 4);
    for (const datum of input.MetricData ?? []) {
      expect(datum.MetricName).to.be.a('string');
      expect(datum.Dimensions).to.equal(undefined);
      expect(datum.Timestamp).to.deep.equal(new Date('2026-11-24T00:01:30.500Z'));
    }
  });

  for (const [status, name] of [
    ['SUCCEEDED', 'ExecutionsSucceeded'],
    ['FAILED', 'ExecutionsFailed'],
    ['TIMED_OUT', 'ExecutionsTimedOut'],
    ['ABORTED', 'ExecutionsAborted'],
  ] as const) {
    it(`counts ${status} as ${name} and as nothing else`, () => {
      const values = valuesOf(metricData('N', { ...record, status }, outcomes, prices));
      const statuses = Object.keys(values).filter((each) => /^Executions./.test(each) && values[each] === 1);
      expect(statuses).to.deep.equal([name]);
    });
  }

  it('does not count a refusal as out of retries', () => {
    const refused = [row(0, { outcome: 'FAILED', taskCount: 0, error: 'PermanentError', reason: 'denied' })];
    expect(valuesOf(metricData('N', record, refused, prices))).to.include({
      ActionFailures: 1,
      ActionFailuresOutOfRetries: 0,
      SuccessRate: 0,
    });
  });

  it('says nothing of a success rate when the user cancelled, and still counts what the AI cost', () => {
    const cancelled: ExecutionRow = { ...record, status: 'ABORTED', cancelRequestedAt: record.startedAt };
    const taken = outcomes.map((each) => ({ ...each, outcome: 'CANCELLED' as const, taskCount: 0 }));
    const values = valuesOf(metricData('N', cancelled, taken, prices));
    expect(values).not.to.have.property('SuccessRate');
    expect(values).not.to.have.property('undefined');
    expect(values).to.include({ ExecutionsAborted: 1, TasksSaved: 0, ActionFailures: 0, InputTokens: 600 });
  });

  it('leaves the latency out when no call was measured: CloudWatch refuses empty values', () => {
    const named = metricData('N', record, [row(1, { outcome: 'CANCELLED' })], prices).MetricData ?? [];
    expect(named.every(({ MetricName }) => MetricName !== undefined)).to.equal(true);
    const unmeasured = [row(0, { usage: { inputTokens: 1, outputTokens: 1 } }), row(1, { outcome: 'CANCELLED' })];
    expect(valuesOf(metricData('N', record, unmeasured, prices))).not.to.have.property('AiLatency');
  });

  it('stays within what one call may hold for the largest goal: 1,000 metrics, 150 values', () => {
    const largest = Array.from({ length: 64 }, (_, position) =>
      row(position, { usage: { inputTokens: 1, outputTokens: 1, latencyMs: 1000 + position } }),
    );
    const input = metricData('N', record, largest, prices);
    expect(input.MetricData?.length).to.be.below(1000);
    expect(byName(input).AiLatency?.Values?.length).to.equal(64);
  });

  it('takes no time, and the time of its start, for an execution that says no end', () => {
    const { stoppedAt: _stoppedAt, ...open } = record;
    expect(durationOf(open)).to.equal(0);
    const [datum] = metricData('N', open, outcomes, prices).MetricData ?? [];
    expect(datum?.Timestamp).to.deep.equal(new Date(record.startedAt));
  });

  it('is never a negative time, whatever the clocks say', () => {
    expect(durationOf({ ...record, stoppedAt: '2026-11-23T00:00:00.000Z' })).to.equal(0);
  });

  it('has no success rate for an execution without actions', () => {
    expect(valuesOf(metricData('N', record, [], prices))).not.to.have.property('SuccessRate');
  });
});

describe('createMetricsWriter', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  /** An execution that ended, whose metrics nobody has written, and a CloudWatch that does what the test wants. */
  async function given(
    answer?: () => Promise<unknown>,
    on = db,
    ended: End = { status: 'by outcome', notify: 'machine' },
  ) {
    const { executionArn, record: settled } = await givenExecution(db, { actionCount: 1, saved: [0], ended });
    const rows = await executions.outcomes(executionArn);
    const { writeMetrics, puts, lines } = givenMetrics(on, answer);
    const recordNow = () => executions.get(executionArn);
    return { settled, rows, write: () => writeMetrics(settled, rows), puts, lines, recordNow };
  }
  const LEFT = { metrics: 'pending', runningShard: 'RUNNING' };
  const DONE = { metrics: 'sent', runningShard: 'UNARCHIVED' };

  it('writes in one call, once, however many find the metrics unwritten, and is then done with a success', async () => {
    const { settled, rows, write, puts, lines, recordNow } = await given();
    expect(settled).to.include(LEFT);
    await Promise.all([1, 2, 3, 4].map(write));
    await write();
    expect(puts).to.deep.equal([metricData('N', settled, rows, { input: 1, output: 5 })]);
    expect(await recordNow()).to.include(DONE);
    expect(lines).to.deep.equal([]);
  });

  it('costs a success one write', async () => {
    const commands: string[] = [];
    await (
      await given(
        undefined,
        failing(db, (command) => void commands.push(command)),
      )
    ).write();
    expect(commands).to.deep.equal(['UpdateCommand']);
  });

  for (const notify of ['pending', 'machine'] as const) {
    it(`leaves a record in the sweep's index of which people are to be told (${notify})`, async () => {
      const { write, puts, recordNow } = await given(undefined, db, { status: 'TIMED_OUT', notify });
      await write();
      expect(puts).to.have.length(1);
      expect(await recordNow()).to.include({ metrics: 'sent', notify, runningShard: 'RUNNING' });
    });
  }

  it('says that they are written before it tries: a process that dies then counts nothing twice', async () => {
    let inTheMoment: ExecutionRow | undefined;
    const { write, recordNow } = await given(async () => {
      inTheMoment = await recordNow();
    });
    await write();
    expect(inTheMoment).to.include({ metrics: 'sent' });
  });

  const answered = (httpStatusCode: number, name = 'Error') => ({ name, $metadata: { httpStatusCode } });
  for (const [what, fault, isLeft] of [
    ['too many requests', answered(429), true],
    ['an overloaded service', answered(503), true],
    ['a throttled call', answered(400, 'ThrottlingException'), true],
    ['a throttled call in the words of the query protocol', answered(400, 'Throttling'), true],
    ['a refused connection', { code: 'ECONNREFUSED' }, true],
    ['an unknown host', { code: 'ENOTFOUND' }, true],
    ['a name service that does not answer', { code: 'EAI_AGAIN' }, true],
    ['an unreachable host', { code: 'EHOSTUNREACH' }, true],
    ['an unreachable network', { code: 'ENETUNREACH' }, true],
    ['a time-out', { name: 'TimeoutError', code: 'ETIMEDOUT' }, false],
    ['a connection that broke', { code: 'ECONNRESET' }, false],
    ['a fault of the service', answered(500, 'InternalServiceFault'), false],
    ['a lost answer of a gateway', answered(504), false],
    ['metrics that it cannot take', answered(400, 'InvalidParameterValueException'), false],
    ['a missing grant', answered(403, 'AccessDenied'), false],
  ] as const) {
    const then = isLeft
      ? 'leaves them to the sweep: nothing was counted'
      : 'never tries again: it may have counted, or never will';
    it(`after ${what} ${then}`, async () => {
      const { write, puts, recordNow } = await given(() => Promise.reject(Object.assign(new Error(what), fault)));
      await write();
      expect(await recordNow()).to.include(isLeft ? LEFT : DONE);
      await write();
      expect(puts).to.have.length(isLeft ? 2 : 1);
    });
  }

  it('logs a failure with the execution, and does not throw', async () => {
    const { settled, write, lines } = await given(() => Promise.reject(new Error('CloudWatch is down')));
    await write();
    expect(lines).to.have.length(1);
    const { executionArn: arn, goalId } = settled;
    expect(lines[0]).to.include({ level: 'error', executionArn: arn, goalId, errorMessage: 'CloudWatch is down' });
    expect(lines[0]?.message).to.match(/^metrics \w+/);
    expect(lines[0]?.stack).to.be.a('string');
  });

  it('knows its own write again when the answer to it was lost and the SDK sent it again', async () => {
    const { write, puts } = await given(
      undefined,
      failing(db, () => undefined, 2),
    );
    await write();
    await write();
    expect(puts).to.have.length(1);
  });

  it('leaves them to the sweep when no answer to its note comes, though the note was written', async () => {
    const lost = beforeEachCall(db, async (_input, command, sendOnce) => {
      if (command !== 'UpdateCommand') return;
      await sendOnce();
      throw new Error('lost');
    });
    const { write, puts, recordNow } = await given(undefined, lost);
    await write();
    expect(puts).to.deep.equal([]);
    expect(await recordNow()).to.include(LEFT);
  });

  it('sends nothing, and leaves it to the sweep, when the record cannot be written', async () => {
    const { write, puts, lines, recordNow } = await given(
      undefined,
      failing(db, (command) => (command === 'UpdateCommand' ? new Error('gone') : undefined)),
    );
    await write();
    expect(puts).to.deep.equal([]);
    expect(lines.map(({ errorMessage }) => errorMessage)).to.deep.equal(['gone']);
    expect(await recordNow()).to.include(LEFT);
  });
});
