import { expect } from 'chai';
import fc from 'fast-check';
import { useFakeTimers } from 'sinon';
import { datapointsOf, evaluate } from '../../local/aws/cloudwatch/alarm.ts';
import { createCloudWatch } from '../../local/aws/cloudwatch/cloudwatch.ts';
import { type Measurement, MetricStore } from '../../local/aws/cloudwatch/metric-store.ts';
import {
  bedrockMetrics,
  gatewayMetrics,
  lambdaMetrics,
  statesMetrics,
  throttleMetrics,
} from '../../local/aws/service-metrics.ts';
import { statusEvent } from '../../local/aws/step-functions/status-event.ts';
import { readTerraform } from '../../local/terraform/stack-description.ts';
import { loadConfig } from '../../modules/config.ts';
import { synthesize } from '../../modules/stack.ts';
import { withFolders } from '../infrastructure/folders.ts';
import { check, PROPERTY_LIMIT_MS } from '../support/seed.ts';

const MINUTE = 60_000;
/** Executions end in these minutes; the alarm is watched until they are forgotten. */
const MINUTES = 14;
const WINDOW = 5;
/** The end of a minute, a second's grace, and a millisecond. */
const EVALUATED_AFTER_MS = 1_001;
const STATUSES = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** Some executions that end at the same time. */
interface Ends {
  readonly count: number;
  readonly status: (typeof STATUSES)[number];
  /** Since the beginning of the first minute. */
  readonly atMs: number;
}

const moment = fc.oneof(
  fc.nat(MINUTES * MINUTE - 1),
  // The first and the last millisecond of a minute.
  fc.tuple(fc.nat(MINUTES - 1), fc.constantFrom(0, MINUTE - 1)).map(([minute, ms]) => minute * MINUTE + ms),
);
const group = fc.record({ status: fc.constantFrom(...STATUSES), atMs: moment, count: fc.integer({ min: 1, max: 12 }) });
const anySeries = fc.array(group, { maxLength: 12 });
const inWindow = fc.nat(WINDOW * MINUTE - 1);
/** Exactly 10 % in a window, which is not more than 10 %, one success fewer (above), or one more (below). */
const boundarySeries = fc
  .record({
    failures: fc.integer({ min: 1, max: 40 }),
    more: fc.constantFrom(-1, 0, 1),
    firstMinute: fc.nat(MINUTES - WINDOW),
    failure: fc.constantFrom('FAILED' as const, 'TIMED_OUT' as const),
    /** When in the window they end: two groups of failures, two of successes. */
    moments: fc.tuple(inWindow, inWindow, inWindow, inWindow),
    first: fc.nat(40),
  })
  .map(({ failures, more, firstMinute, failure, moments, first }): Ends[] => {
    const inTwo = (count: number) => [Math.min(first, count), count - Math.min(first, count)];
    return [...inTwo(failures), ...inTwo(9 * failures + more)].flatMap((count, group) => {
      const status = group < 2 ? failure : 'SUCCEEDED';
      return count > 0 ? [{ status, count, atMs: firstMinute * MINUTE + (moments[group] ?? 0) }] : [];
    });
  });

const synthesized = (stage: string) =>
  withFolders((folders) => readTerraform(synthesize({ config: loadConfig(stage), ...folders })));
const STAGES = { dev: synthesized('dev'), prod: synthesized('prod') };

/** Whether failures are more than 10 % of those that ended in the 5 minutes before a minute, at least 5; an abort is neither. */
function isAbove(ends: readonly Ends[], minute: number): boolean {
  const ended = ends.filter(({ atMs }) => atMs >= (minute - WINDOW) * MINUTE && atMs < minute * MINUTE);
  const countOf = (wanted: string) =>
    ended.reduce((sum, { status, count }) => sum + (status === wanted ? count : 0), 0);
  const failures = countOf('FAILED') + countOf('TIMED_OUT');
  const all = failures + countOf('SUCCEEDED');
  return all >= 5 && 10 * failures > all;
}

/** Lets a series happen on a clock of its own. @returns the alarm's state after each minute, and the e-mails' subjects */
async function watch(stage: keyof typeof STAGES, ends: readonly Ends[]) {
  const { alarms, stateMachine } = STAGES[stage];
  const alarm = alarms.find(({ name }) => name === `goal-activity-${stage}-failure-rate`);
  if (alarm === undefined) throw new Error('there is no failure-rate alarm');
  const begin = Date.parse('2026-01-31T12:00:00.000Z');
  const clock = useFakeTimers({ now: begin, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  const subjects: string[] = [];
  const failures: unknown[] = [];
  const cloudWatch = createCloudWatch({
    alarms: [alarm],
    sns: { publish: ({ subject = '' }) => ({ messageId: String(subjects.push(subject)) }) },
    timeScale: 1,
    onFailure: (_name, error) => failures.push(error),
  });
  const goTo = (ms: number) => clock.tick(begin + ms - Date.now());
  try {
    cloudWatch.start();
    const states: (string | undefined)[] = [];
    const coming = [...ends].sort((one, other) => one.atMs - other.atMs);
    for (let minute = 1; minute <= MINUTES + WINDOW + 1; minute += 1) {
      const lookAt = minute * MINUTE + EVALUATED_AFTER_MS;
      for (let next = coming[0]; next !== undefined && next.atMs <= lookAt; next = coming[0]) {
        goTo(next.atMs);
        const times = { startDate: Date.now() - 1_000, stopDate: Date.now() };
        const ended = { executionArn: 'one', name: 'one', input: '{}', stateEntries: 1, status: next.status, ...times };
        const event = statusEvent(ended, stateMachine.arn);
        for (let each = 0; each < next.count; each += 1) cloudWatch.put(statesMetrics(event));
        coming.shift();
      }
      goTo(lookAt);
      states.push(cloudWatch.alarms()[0]?.state);
    }
    expect(failures).to.deep.equal([]);
    return { states, subjects };
  } finally {
    clock.restore();
    cloudWatch.close();
  }
}

describe('the failure-rate alarm as it is synthesized', function () {
  this.timeout(PROPERTY_LIMIT_MS);

  it('is raised exactly when more than 10 % of the executions that ended in 5 minutes, at least 5, failed or timed out', async () => {
    const seen = { ALARM: 0, OK: 0 };
    await check(
      fc.asyncProperty(fc.constantFrom('dev', 'prod'), fc.oneof(anySeries, boundarySeries), async (stage, ends) => {
        const { states, subjects } = await watch(stage, ends);
        const expected = states.map((_, index) => (isAbove(ends, index + 1) ? 'ALARM' : 'OK'));
        expect(states).to.deep.equal(expected);
        // One message a change; that it is OK at first is told to nobody.
        const changes = expected.filter((state, index) => state !== (expected[index - 1] ?? 'OK'));
        expect(subjects.map((subject) => subject.split(':')[0])).to.deep.equal(changes);
        for (const state of states) if (state === 'ALARM' || state === 'OK') seen[state] += 1;
      }),
      300,
    );
    expect(seen.ALARM).to.be.above(50);
    expect(seen.OK).to.be.above(50);
  });
});

describe('the alarms on shares as they are synthesized', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const { alarms, stateMachine, apiId, functions } = STAGES.prod;
  const modelId = functions.find(({ name }) => name === 'generate-tasks')?.environment.MODEL_ID ?? '';
  const nameOf = (lambda: string) => `goal-activity-prod-${lambda}`;
  const call = (lambda: string) => (isBad: boolean) =>
    lambdaMetrics(nameOf(lambda), { hasFailed: isBad, durationMs: 1 }, 0);
  const throttle = (lambda: string) => (isBad: boolean) =>
    isBad ? throttleMetrics(nameOf(lambda), 0) : call(lambda)(false);

  const counted = (namespace: string, metricName: string, dimensions: Readonly<Record<string, string>>) => [
    { namespace, metricName, dimensions, timestamp: 0, values: new Map([[1, 1]]) },
  ];

  /** What AWS measures of one call, or one execution, that goes wrong, or well. */
  const MEASURED: Readonly<Record<string, (isBad: boolean) => readonly Measurement[]>> = {
    'lambda-errors-goals': call('goals'),
    'lambda-errors-get-actions': call('get-actions'),
    'lambda-errors-save-tasks': call('save-tasks'),
    'lambda-throttles-goals': throttle('goals'),
    'lambda-throttles-generate-tasks': throttle('generate-tasks'),
    'ai-throttles': (isBad) =>
      bedrockMetrics({
        modelId,
        action: '',
        call: 1,
        outcome: isBad ? 'throttle' : 'answer',
        startedAt: 0,
        endedAt: 0,
      }),
    'api-5xx': (isBad) =>
      gatewayMetrics(apiId, { status: isBad ? 500 : 200, latencyMs: 1, integrationLatencyMs: 1 }, 0),
    'api-throttles': (isBad) =>
      isBad
        ? counted('GoalActivity/prod', 'ThrottledRequests', {})
        : gatewayMetrics(apiId, { status: 200, latencyMs: 1, integrationLatencyMs: 1 }, 0),
    // Of which the local stack measures nothing; the units are those of the table.
    'database-throttles-executions': (isBad) =>
      counted('AWS/DynamoDB', isBad ? 'WriteThrottleEvents' : 'ConsumedWriteCapacityUnits', {
        TableName: nameOf('workflow-executions'),
        ...(isBad ? { GlobalSecondaryIndexName: 'byRunning' } : {}),
      }),
    'execution-timeouts': (isBad) => {
      const end = { executionArn: 'one', name: 'one', input: '{}', stateEntries: 1, startDate: 0, stopDate: 0 };
      return statesMetrics(statusEvent({ ...end, status: isBad ? 'TIMED_OUT' : 'SUCCEEDED' }, stateMachine.arn));
    },
  };

  /** The state of an alarm once so many have gone wrong, and so many well, in each of its periods. */
  function stateAfter(id: string, bad: number, good: number): string | undefined {
    const alarm = alarms.find(({ name }) => name === nameOf(id));
    if (alarm === undefined) throw new Error(`there is no alarm ${id}`);
    const store = new MetricStore({ resolutionMs: 1, retentionMs: 1 });
    for (const [isBad, count] of [
      [true, bad],
      [false, good],
    ] as const)
      for (const measured of count > 0 ? (MEASURED[id]?.(isBad) ?? []) : [])
        store.add({ ...measured, values: new Map([...measured.values].map(([value]) => [value, count])) });
    const always = { between: (metric: Parameters<MetricStore['between']>[0]) => store.between(metric, 0, 1) };
    return evaluate(alarm, datapointsOf(alarm, always, 0, 1))?.state;
  }

  it('are quiet while one in a thousand goes wrong and raised when two in three do, however much there is, and quiet at one of one', async () => {
    const id = fc.constantFrom(...Object.keys(MEASURED));
    await check(
      fc.property(id, fc.integer({ min: 5, max: 1_000_000 }), (alarm, count) => {
        expect(stateAfter(alarm, count, 1_000 * count)).to.equal('OK');
        expect(stateAfter(alarm, 2 * count, count)).to.equal('ALARM');
        expect([stateAfter(alarm, 1, 0), stateAfter(alarm, 0, count), stateAfter(alarm, 0, 0)]).to.deep.equal([
          'OK',
          'OK',
          'OK',
        ]);
      }),
      200,
    );
  });
});
