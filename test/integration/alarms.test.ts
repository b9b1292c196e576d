import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import type { AlarmStatus } from '../../local/aws/cloudwatch/alarm-watch.ts';
import type { TaskContext } from '../../local/aws/step-functions/index.ts';
import type { LocalStack } from '../../local/stack.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';
import { until } from '../support/until.ts';

const TIME_SCALE = 0.1;
const MINUTE_MS = 60_000 * TIME_SCALE;
const FAILURE_RATE = 'goal-activity-dev-failure-rate';

/** Lets executions take their last step, so that they end soon after; and how many wait for that. */
const released = Promise.withResolvers<void>();
let waiting = 0;

async function whenReleased({ stateName }: TaskContext, call: () => Promise<unknown>): Promise<unknown> {
  if (stateName !== 'UpdateGoalStatus') return call();
  waiting += 1;
  await released.promise;
  return call();
}

/** Runs ten executions that end at once, within one minute of CloudWatch's, of which two fail. */
async function runTen({ url, stepFunctions }: LocalStack): Promise<void> {
  // Ten users, since one may have only five executions running.
  const runs = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const user = await signIn(url, `ten-executions-${index}`);
      const { goalId } = await user.createGoal(titles(1, () => (index < 2 ? '[ai:denied]' : '')));
      return { user, executionArn: (await user.start(goalId)).body.executionArn };
    }),
  );
  await until(() => waiting === runs.length, 'all are about to take their last step');
  await sleep(MINUTE_MS - (Date.now() % MINUTE_MS));
  released.resolve();
  const ended = await Promise.all(runs.map(({ user, executionArn }) => user.waitForEnd(executionArn)));
  expect(ended.filter(({ status }) => status === 'FAILED')).to.have.length(2);
  await until(() => stepFunctions.executions.running().length === 0, 'all have ended');
  const minutes = stepFunctions.executions.list().map(({ stopDate = 0 }) => Math.floor(stopDate / MINUTE_MS));
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

describe('the failure-rate alarm when 2 of 10 executions fail', function () {
  this.timeout(300_000);
  const stack = useStack({ TIME_SCALE: String(TIME_SCALE) }, { aroundTask: whenReleased });

  it('is raised, puts one message into the inbox, and one more when it is over', async () => {
    await runTen(stack());
    const seen = await watch(stack(), 20);
    expect(new Set(seen.map(({ state, value }) => `${state} ${value}`))).to.include('ALARM 20');
    const messages = stack()
      .inbox()
      .filter(({ subject }) => subject?.includes(`"${FAILURE_RATE}"`));
    expect(messages.map(({ subject }) => subject)).to.deep.equal([
      `ALARM: "${FAILURE_RATE}" in Asia Pacific (Tokyo)`,
      `OK: "${FAILURE_RATE}" in Asia Pacific (Tokyo)`,
    ]);
    const [{ topicName, to, message } = { topicName: '', to: [], message: '' }] = messages;
    expect(topicName).to.equal('goal-activity-dev-alerts');
    expect(to).not.to.deep.equal([]);
    expect(message).to.match(/- State Change: +OK -> ALARM\n/);
    expect(message).to.match(
      /- Reason for State Change: +Threshold Crossed: 1 out of the last 1 datapoints \[20\.0 \(.*\)\] was greater than the threshold \(10\.0\)/,
    );
    expect(message).to.match(/- Description: +.*#alarm-failure-rate\n/);
  });

  it('has looked at the metrics of the stack itself, which people can look at too', async () => {
    const { url, description } = stack();
    const metrics: ReturnType<LocalStack['metrics']> = JSON.parse(await (await fetch(`${url}/local/metrics`)).text());
    const StateMachineArn = description.stateMachine.arn;
    const ModelId = description.functions.find(({ name }) => name === 'generate-tasks')?.environment.MODEL_ID ?? '';
    for (const [namespace, metricName, dimensions, sum] of [
      ['AWS/States', 'ExecutionsStarted', { StateMachineArn }, 10],
      ['AWS/States', 'ExecutionsSucceeded', { StateMachineArn }, 8],
      ['AWS/States', 'ExecutionsFailed', { StateMachineArn }, 2],
      ['AWS/Bedrock', 'Invocations', { ModelId }, 8],
      ['AWS/Bedrock', 'InvocationClientErrors', { ModelId }, 2],
      ['AWS/Lambda', 'Errors', { FunctionName: 'goal-activity-dev-generate-tasks' }, 2],
      // Written by the Lambdas, through the SDK.
      ['GoalActivity/dev', 'Executions', {}, 10],
      ['GoalActivity/dev', 'ExecutionsFailed', {}, 2],
    ] as const) {
      const found = metrics[namespace]?.find(
        (each) => each.metricName === metricName && isDeepStrictEqual(each.dimensions, dimensions),
      );
      expect(found?.sum, metricName).to.equal(sum);
    }
    const requests = metrics['AWS/ApiGateway']?.find(({ metricName }) => metricName === 'Count');
    expect(requests).to.deep.include({ dimensions: { ApiId: description.apiId } });
    expect(requests?.sum).to.be.at.least(20);
  });
});
