import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { AlarmStatus } from '../../local/aws/cloudwatch/alarm-watch.ts';
import type { LocalStack } from '../../local/stack.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';
import { until } from '../support/until.ts';

const TIME_SCALE = 0.1;
const MINUTE_MS = 60_000 * TIME_SCALE;
const FAILURE_RATE = 'goal-activity-dev-failure-rate';

/** Runs ten executions at once, within one minute of CloudWatch's, of which the first so many fail. */
async function runTen({ url, stepFunctions }: LocalStack, failures: number): Promise<void> {
  // Ten users, since one may have only five executions running.
  const runs = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const user = await signIn(url, `ten-executions-${index}`);
      return { user, goal: await user.createGoal(titles(1, () => (index < failures ? '[ai:denied]' : ''))) };
    }),
  );
  await sleep(MINUTE_MS - (Date.now() % MINUTE_MS));
  const started = await Promise.all(runs.map(({ user, goal }) => user.start(goal.goalId)));
  const ended = await Promise.all(
    runs.map(({ user }, index) => user.waitForEnd(started[index]?.body.executionArn ?? '')),
  );
  expect(ended.filter(({ status }) => status === 'FAILED')).to.have.length(failures);
  await until(() => stepFunctions.executions.running().length === 0, 'all have ended');
  const minutes = started.map(({ body }) =>
    Math.floor((stepFunctions.executions.describe(body.executionArn).stopDate ?? 0) / MINUTE_MS),
  );
  expect(new Set(minutes).size, 'minutes in which they ended').to.equal(1);
}

/** Watches the alarm until its value was the wanted one, and then is 0 again: the window has slid past. */
async function watch(stack: LocalStack, wanted: number): Promise<AlarmStatus[]> {
  const seen: AlarmStatus[] = [];
  for (;;) {
    const status = stack.alarms().find(({ name }) => name === FAILURE_RATE);
    if (status === undefined) throw new Error(`there is no alarm ${FAILURE_RATE}`);
    if (seen.at(-1)?.evaluatedAt !== status.evaluatedAt) seen.push(status);
    if (status.value === 0 && seen.some(({ value }) => value === wanted)) return seen;
    await sleep(50);
  }
}

const subjectsAbout = (stack: LocalStack, alarm: string) =>
  stack.inbox().flatMap(({ subject }) => (subject?.includes(`"${alarm}"`) ? [subject] : []));

describe('the failure-rate alarm', function () {
  this.timeout(300_000);

  // The first ten executions are out of the alarm's window when `watch` ends, and the next ten begin.
  const stack = useStack({ TIME_SCALE: String(TIME_SCALE) });

  describe('when 1 of 10 executions fails', () => {
    it('is not raised: 10 % is not above 10 %', async () => {
      await runTen(stack(), 1);
      const seen = await watch(stack(), 10);
      expect(seen.map(({ state }) => state)).not.to.include('ALARM');
      expect(subjectsAbout(stack(), FAILURE_RATE)).to.deep.equal([]);
    });

    it('has looked at the metrics of the stack itself, which people can look at too', async () => {
      const { url, description } = stack();
      const metrics: ReturnType<LocalStack['metrics']> = JSON.parse(await (await fetch(`${url}/local/metrics`)).text());
      const sumOf = (namespace: string, metricName: string, dimensions: Record<string, string>) =>
        metrics[namespace]?.find(
          (metric) =>
            metric.metricName === metricName && JSON.stringify(metric.dimensions) === JSON.stringify(dimensions),
        )?.sum;
      const StateMachineArn = description.stateMachine.arn;
      const found = ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed'].map((name) =>
        sumOf('AWS/States', name, { StateMachineArn }),
      );
      expect(found).to.deep.equal([10, 9, 1]);
      const ModelId = description.functions.find(({ name }) => name === 'generate-tasks')?.environment.MODEL_ID ?? '';
      expect(sumOf('AWS/Bedrock', 'Invocations', { ModelId })).to.equal(9);
      expect(sumOf('AWS/Bedrock', 'InvocationClientErrors', { ModelId })).to.equal(1);
      expect(sumOf('AWS/Lambda', 'Errors', { FunctionName: 'goal-activity-dev-generate-tasks' })).to.equal(1);
      expect(sumOf('AWS/ApiGateway', 'Count', { ApiId: description.apiId })).to.be.at.least(20);
      // Written by the Lambdas, through the SDK.
      expect(sumOf('GoalActivity/dev', 'Executions', {})).to.equal(10);
      expect(sumOf('GoalActivity/dev', 'ExecutionsFailed', {})).to.equal(1);
    });
  });

  describe('when 2 of 10 executions fail', () => {
    it('is raised, puts one message into the inbox, and one more when it is over', async () => {
      await runTen(stack(), 2);
      const seen = await watch(stack(), 20);
      expect(new Set(seen.map(({ state, value }) => `${state} ${value}`))).to.include('ALARM 20');
      expect(subjectsAbout(stack(), FAILURE_RATE)).to.deep.equal([
        `ALARM: "${FAILURE_RATE}" in Asia Pacific (Tokyo)`,
        `OK: "${FAILURE_RATE}" in Asia Pacific (Tokyo)`,
      ]);
      const message = stack()
        .inbox()
        .find(({ subject }) => subject?.startsWith(`ALARM: "${FAILURE_RATE}"`));
      expect(message).to.include({ topicName: 'goal-activity-dev-alerts' });
      expect(message?.to).not.to.deep.equal([]);
      expect(message?.message).to.match(/- State Change: +OK -> ALARM\n/);
      expect(message?.message).to.match(
        /- Reason for State Change: +Threshold Crossed: 1 out of the last 1 datapoints \[20\.0 \(.*\)\] was greater than the threshold \(10\.0\)/,
      );
      expect(message?.message).to.match(/- Description: +.*#alarm-failure-rate\n/);
    });
  });
});
