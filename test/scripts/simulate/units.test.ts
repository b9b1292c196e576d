import { expect } from 'chai';
import { CREATE_GOAL, type Store, WORK, type Work } from '../../../scripts/simulate/workload.ts';
import { type CountedRequest, startCountingProxy } from '../../performance/bench/support/counting-proxy.ts';
import { signIn, titles, useStack } from '../../support/stack/stack.ts';

describe('what the simulation thinks of the database', function () {
  this.timeout(300_000);
  const requests: CountedRequest[] = [];
  const proxies: Awaited<ReturnType<typeof startCountingProxy>>[] = [];
  // No fault of AWS: a request that is sent again would count twice.
  const getStack = useStack(
    {},
    {
      async proxy(service, url, lambdaName) {
        if (service !== 'dynamodb') return url;
        const proxy = await startCountingProxy(url, lambdaName, (request) => requests.push(request));
        proxies.push(proxy);
        return proxy.url;
      },
    },
  );
  after(() => Promise.all(proxies.map((proxy) => proxy.close())));

  /** Units of a Lambda in the whole run. */
  function counted(lambda: string, isWrite: boolean, store: string): number {
    return requests
      .filter((request) => request.lambdaName === lambda && request.isWrite === isWrite)
      .flatMap(({ unitsOf }) => Object.entries(unitsOf))
      .reduce((sum, [name, units]) => sum + (name === store || name.endsWith(`-${store}`) ? units : 0), 0);
  }
  const TABLES: Record<Store, string> = {
    goals: 'dev-goals',
    tasks: 'dev-tasks',
    executions: 'workflow-executions',
    byRunning: 'byRunning',
  };

  // Less where one of two batches that end at once gives way to the other, and where rows are read while they are small.
  it('is what a run of 64 actions takes of it, or a little more', async () => {
    const user = await signIn(getStack().url, 'anna');
    const { goalId } = await user.createGoal(titles(64, () => 'and write down what was seen on the way'));
    const { body } = await user.start(goalId);
    await user.waitForEnd(body.executionArn);
    const invocations: readonly (readonly [lambda: string, work: Work, times: number])[] = [
      ['goals', CREATE_GOAL, 1],
      ...(
        ['start-workflow', 'validate-input', 'create-batches', 'aggregate-results', 'update-goal-status'] as const
      ).map((lambda) => [lambda, WORK[lambda], 1] as const),
      ['save-tasks', WORK['save-tasks'], 64],
      ['update-progress', WORK['update-progress'], 8],
    ];
    for (const [lambda, { writes = [], reads = 0 }, times] of invocations) {
      const expected: Record<string, number> = Object.fromEntries(writes);
      for (const [store, name] of Object.entries(TABLES)) {
        const units = (expected[store] ?? 0) * times;
        expect(counted(lambda, true, name), `${lambda} writes to ${store}`).to.be.within(0.75 * units, 1.1 * units);
      }
      const units = reads * times;
      if (reads > 0)
        expect(counted(lambda, false, TABLES.executions), `${lambda} reads`).to.be.within(0.75 * units, 1.1 * units);
    }
  });
});
