import { expect } from 'chai';
import { eventually, signIn, titles, type User, useStack } from '../support/stack/stack.ts';

describe('a stage that may have five executions running, five of a user among them', function () {
  this.timeout(300_000);
  const held = Promise.withResolvers<void>();
  const stack = useStack(
    { MAX_RUNNING_EXECUTIONS: '5' },
    {
      async aroundTask(_task, call) {
        await held.promise;
        return call();
      },
    },
  );

  it('refuses a start before anything is claimed, those first who have most, and takes it once there is room', async () => {
    const userNamed = (name: string) => signIn(stack().url, name);
    const [busy, quiet, late, last] = [
      await userNamed('busy'),
      await userNamed('quiet'),
      await userNamed('late'),
      await userNamed('last'),
    ];
    const startOne = async (user: User) => user.start((await user.createGoal(titles(1))).goalId);
    const statuses: number[] = [];
    // With n running, a user may begin one more while the stage has fewer than 5 - n.
    for (const user of [busy, busy, busy, busy, quiet, quiet, late]) statuses.push((await startOne(user)).status);
    expect(statuses).to.deep.equal([202, 202, 202, 503, 202, 503, 202]);
    const { goalId } = await last.createGoal(titles(1));
    const { status, body, headers } = await last.start(goalId);
    expect({ status, body }).to.nested.include({ status: 503, 'body.code': 'too_busy' });
    expect(Number(headers.get('retry-after'))).to.be.within(10, 20);
    expect(await last.getGoal(goalId)).to.include({ status: 'draft', executionArn: null });
    held.resolve();
    const { executionArn } = await eventually(async () => {
      const again = await last.start(goalId);
      expect(again.status).to.equal(202);
      return again.body;
    });
    expect(await last.waitForEnd(executionArn)).to.include({ status: 'SUCCEEDED' });
  });
});
