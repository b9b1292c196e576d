import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import type { LocalStack } from '../../local/stack.ts';
import { engineEnd } from '../support/history.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';

const RUNS = 20;

describe(`${RUNS} executions, one after the other`, function () {
  this.timeout(300_000);
  /** Connections that were made so far, by service and Lambda. */
  const made = new Map<string, number>();
  const servers: Server[] = [];
  const stack = useStack(
    { AI_LATENCY_MS: '1', TIME_SCALE: '0.5' },
    {
      async proxy(service, url, lambdaName) {
        const key = `${service} of ${lambdaName}`;
        const { hostname: host, port } = new URL(url);
        const server = createServer((socket) => {
          made.set(key, (made.get(key) ?? 0) + 1);
          const target = connect({ host, port: Number(port) });
          for (const [one, other] of [
            [socket, target],
            [target, socket],
          ] as const) {
            one.on('error', () => other.destroy());
            one.pipe(other);
          }
        }).listen(0, '127.0.0.1');
        servers.push(server);
        await once(server, 'listening');
        return `http://127.0.0.1:${Object(server.address()).port}`;
      },
    },
  );
  after(() => servers.forEach((server) => void server.close()));

  it('reuse the connections of their Lambdas: a client is made once a process, not once an invocation', async () => {
    const user = await signIn(stack().url, 'one after the other');
    for (let run = 0; run < RUNS; run += 1) {
      const isLast = run === RUNS - 1;
      const { goalId } = await user.createGoal(titles(1, () => (isLast ? '[ai:denied]' : '')));
      const { executionArn } = (await user.start(goalId)).body;
      expect((await user.waitForEnd(executionArn)).status).to.equal(isLast ? 'FAILED' : 'SUCCEEDED');
      if (isLast) await engineEnd(stack(), executionArn);
    }
    expect([...made.keys()]).to.include.members([
      'dynamodb of goals',
      'dynamodb of start-workflow',
      'states of start-workflow',
      'dynamodb of get-status',
      'dynamodb of generate-tasks',
      'dynamodb of save-tasks',
      'dynamodb of update-goal-status',
    ]);
    // As many as one invocation makes calls at once: a start counts eight partitions while it reads.
    for (const [key, count] of made) expect(count, key).to.be.below(RUNS);
  });

  it('are counted in the metrics of every service, which people can look at', async () => {
    const { url, description } = stack();
    const metrics: ReturnType<LocalStack['metrics']> = JSON.parse(await (await fetch(`${url}/local/metrics`)).text());
    const StateMachineArn = description.stateMachine.arn;
    const ModelId = description.functions.find(({ name }) => name === 'generate-tasks')?.environment.MODEL_ID ?? '';
    for (const [namespace, metricName, dimensions, sum] of [
      ['AWS/States', 'ExecutionsStarted', { StateMachineArn }, RUNS],
      ['AWS/States', 'ExecutionsSucceeded', { StateMachineArn }, RUNS - 1],
      ['AWS/States', 'ExecutionsFailed', { StateMachineArn }, 1],
      ['AWS/Bedrock', 'Invocations', { ModelId }, RUNS - 1],
      ['AWS/Bedrock', 'InvocationClientErrors', { ModelId }, 1],
      ['AWS/Lambda', 'Errors', { FunctionName: 'goal-activity-dev-generate-tasks' }, 1],
      // Written by the Lambdas, through the SDK.
      ['GoalActivity/dev', 'Executions', {}, RUNS],
      ['GoalActivity/dev', 'ExecutionsFailed', {}, 1],
    ] as const) {
      const found = metrics[namespace]?.find(
        (each) => each.metricName === metricName && isDeepStrictEqual(each.dimensions, dimensions),
      );
      expect(found?.sum, metricName).to.equal(sum);
    }
    const requests = metrics['AWS/ApiGateway']?.find(({ metricName }) => metricName === 'Count');
    expect(requests).to.deep.include({ dimensions: { ApiId: description.apiId } });
    expect(requests?.sum).to.be.at.least(2 * RUNS);
  });
});
