import { expect } from 'chai';
import { durationOf } from '../../src/execution/records.ts';
import { metricData } from '../../src/report/metrics.ts';
import type { ExecutionRow, OutcomeRow } from '../../src/types.ts';
import { givenMetrics } from '../support/ends.ts';
import { failing, intercepted } from '../support/failing.ts';
import { executionRow, outcomeRow } from '../support/rows.ts';
import { BY_OUTCOME, useTables, withPart } from '../support/tables.ts';

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

/** The data by name. */
const byName = (of: ExecutionRow, rows: readonly OutcomeRow[]) =>
  Object.fromEntries(
    (metricData('N', of, rows, prices).MetricData ?? []).map((datum) => [`${datum.MetricName}`, datum]),
  );
const valuesOf = (of: ExecutionRow, rows: readonly OutcomeRow[]) =>
  Object.fromEntries(Object.entries(byName(of, rows)).map(([name, { Value, Values }]) => [name, Value ?? Values]));

describe('metricData', () => {
  it('counts what an execution did, without dimensions, at the time of its end', () => {
    const data = byName(record, outcomes);
    const Timestamp = new Date('2026-11-24T00:01:30.500Z');
    const counted = (Unit: string, values: object) =>
      Object.entries(values).map(([MetricName, Value]) => [MetricName, { MetricName, Unit, Value, Timestamp }]);
    const latency = { Values: [1200, 900], Counts: [2, 1], Timestamp };
    expect(data).to.deep.equal({
      ...Object.fromEntries([
        ...counted('Count', {
          Executions: 1,
          ExecutionsSucceeded: 0,
          ExecutionsPartiallySucceeded: 1,
          ExecutionsFailed: 0,
          ExecutionsTimedOut: 0,
          ExecutionsAborted: 0,
          SlowExecutions: 0,
          ActionFailures: 1,
          ActionFailuresOutOfRetries: 1,
          TasksSaved: 9,
          InputTokens: 600,
          OutputTokens: 180,
        }),
        ...counted('Percent', { SuccessRate: 75 }),
        ...counted('Milliseconds', { ExecutionDuration: 90_500 }),
        ...counted('None', { EstimatedCost: 0.0015 }),
      ]),
      AiLatency: { MetricName: 'AiLatency', Unit: 'Milliseconds', ...latency },
    });
    expect(metricData('N', record, outcomes, prices)).to.have.property('Namespace', 'N');
    expect(metricData('N', record, outcomes, prices).MetricData).to.have.length(Object.keys(data).length);
  });

  it('counts each final status as itself and as nothing else', () => {
    for (const [status, name] of [
      ['SUCCEEDED', 'ExecutionsSucceeded'],
      ['FAILED', 'ExecutionsFailed'],
      ['TIMED_OUT', 'ExecutionsTimedOut'],
      ['ABORTED', 'ExecutionsAborted'],
    ] as const) {
      const values = Object.entries(valuesOf({ ...record, status }, outcomes));
      expect(values.filter(([each, value]) => /^Executions./.test(each) && value === 1)).to.deep.equal([[name, 1]]);
    }
  });

  it('counts an execution as slow whose actions were much slower than usual', () => {
    const slow = { ...record, actionMs: 20_000, usualActionMs: 3_000 };
    expect(valuesOf(slow, outcomes)).to.include({ Executions: 1, SlowExecutions: 1 });
  });

  it('says nothing of a success rate without actions, or when the user cancelled, and still counts what the AI cost', () => {
    const cancelled: ExecutionRow = { ...record, status: 'ABORTED', cancelRequestedAt: record.startedAt };
    const taken = outcomes.map((each) => ({ ...each, outcome: 'CANCELLED' as const, taskCount: 0 }));
    const values = valuesOf(cancelled, taken);
    expect(values).not.to.have.any.keys('SuccessRate', 'undefined');
    expect(values).to.include({ ExecutionsAborted: 1, TasksSaved: 0, ActionFailures: 0, InputTokens: 600 });
    expect(valuesOf(record, [])).not.to.have.property('SuccessRate');
  });

  it('leaves the latency out when no call was measured: CloudWatch refuses empty values', () => {
    const unmeasured = [row(0, { usage: { inputTokens: 1, outputTokens: 1 } }), row(1, { outcome: 'CANCELLED' })];
    for (const rows of [unmeasured, unmeasured.slice(1)])
      expect(valuesOf(record, rows)).not.to.have.any.keys('AiLatency', 'undefined');
  });

  it('takes no time, and the time of its start, for an execution that says no end, and never a negative time', () => {
    const { stoppedAt: _stoppedAt, ...open } = record;
    expect(durationOf(open)).to.equal(0);
    expect(byName(open, outcomes).Executions?.Timestamp).to.deep.equal(new Date(record.startedAt));
    expect(durationOf({ ...record, stoppedAt: '2026-11-23T00:00:00.000Z' })).to.equal(0);
  });
});

describe('createMetricsWriter', () => {
  const { db, executions, givenExecution } = useTables();
  /** An execution that ended, whose metrics nobody has written, and a CloudWatch that does what the test wants. */
  async function given(answer?: () => Promise<unknown>, on = db) {
    const { executionArn, record: settled } = await givenExecution({ actionCount: 1, saved: [0], ended: BY_OUTCOME });
    const rows = await executions.outcomes(executionArn);
    const { writeMetrics, puts, lines } = givenMetrics(on, answer);
    const recordNow = () => executions.get(executionArn).then(withPart);
    return { settled, rows, write: () => writeMetrics(settled, rows), puts, lines, recordNow };
  }
  const LEFT = { metrics: 'pending', runningShard: 'RUNNING' };
  const DONE = { metrics: 'sent', runningShard: 'UNARCHIVED' };

  it('writes in one call, once, however many find the metrics unwritten, and says so before: a process that dies then counts nothing twice', async () => {
    let before: object | undefined;
    const noting = async () => {
      before = await recordNow();
    };
    const { settled, rows, write, puts, lines, recordNow } = await given(noting);
    expect(withPart(settled)).to.include(LEFT);
    await Promise.all([1, 2, 3, 4].map(write));
    await write();
    expect(puts).to.deep.equal([metricData('N', settled, rows, { input: 1, output: 5 })]);
    for (const record of [before, await recordNow()]) expect(record).to.include(DONE);
    expect(lines).to.deep.equal([]);
  });

  const answered = (httpStatusCode: number, name = 'Error') => ({ name, $metadata: { httpStatusCode } });
  for (const [isLeft, then, ...faults] of [
    [
      true,
      'leaves them to the sweep where nothing was counted',
      ['too many requests', answered(429)],
      ['an overloaded service', answered(503)],
      ['a throttled call', answered(400, 'ThrottlingException')],
      ['a throttled call in the words of the query protocol', answered(400, 'Throttling')],
      ['a refused connection', { code: 'ECONNREFUSED' }],
      ['an unknown host', { code: 'ENOTFOUND' }],
      ['a name service that does not answer', { code: 'EAI_AGAIN' }],
      ['an unreachable host', { code: 'EHOSTUNREACH' }],
      ['an unreachable network', { code: 'ENETUNREACH' }],
    ],
    [
      false,
      'never tries again where CloudWatch may have counted, or never will',
      ['a time-out', { name: 'TimeoutError', code: 'ETIMEDOUT' }],
      ['a connection that broke', { code: 'ECONNRESET' }],
      ['a fault of the service', answered(500, 'InternalServiceFault')],
      ['a lost answer of a gateway', answered(504)],
      ['metrics that it cannot take', answered(400, 'InvalidParameterValueException')],
      ['a missing grant', answered(403, 'AccessDenied')],
    ],
  ] as const) {
    for (const [what, fault] of faults)
      it(`${then}: after ${what}, which it logs with the execution`, async () => {
        const failure = Object.assign(new Error(what), fault);
        const { settled, write, puts, lines, recordNow } = await given(() => Promise.reject(failure));
        await write();
        expect(await recordNow()).to.include(isLeft ? LEFT : DONE);
        const { executionArn: arn, goalId } = settled;
        expect(lines).to.have.length(1);
        expect(lines[0]).to.include({ level: 'error', executionArn: arn, goalId, errorMessage: what });
        expect(lines[0]?.message).to.match(/^metrics \w+/);
        expect(lines[0]?.stack).to.be.a('string');
        await write();
        expect(puts).to.have.length(isLeft ? 2 : 1);
      });
  }

  it('knows its own write again when the answer to it was lost and the SDK sent it again', async () => {
    const twice = failing(db, () => undefined, 2);
    const { write, puts } = await given(undefined, twice);
    await write();
    await write();
    expect(puts).to.have.length(1);
  });

  for (const isWritten of [true, false]) {
    it(`sends nothing, and leaves them to the sweep, when no answer to its note comes (written: ${isWritten})`, async () => {
      const lost = intercepted(db, async (_input, _command, send) => {
        if (isWritten) await send();
        throw new Error('lost');
      });
      const { write, puts, lines, recordNow } = await given(undefined, lost);
      await write();
      expect(puts).to.deep.equal([]);
      expect(lines.map(({ errorMessage }) => errorMessage)).to.deep.equal(['lost']);
      expect(await recordNow()).to.include(LEFT);
    });
  }
});
