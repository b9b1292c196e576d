import { expect } from 'chai';
import fc from 'fast-check';
import { check, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { titles } from '../support/stack/stack.ts';
import { ENDS, type EndName, useHeldEvents } from './held-events.ts';

const plan = fc.record({
  end: fc.oneof(
    // It is settled by its event alone.
    fc.constant<EndName>('stopped from outside'),
    fc.constantFrom<EndName>('success', 'partial success', 'failure', 'cancelled'),
  ),
  /** States that it has entered when it is stopped or cancelled; by the eighth the AI is at work. */
  entries: fc.nat(8),
  /** The order in which its two events are delivered, each as often as it is here. */
  deliveries: fc.array(fc.constantFrom('start', 'end', 'end'), { maxLength: 6 }),
  together: fc.boolean(),
  /** Whether its end is told once more while the goal's next execution runs. */
  late: fc.boolean(),
});

describe('status events that come twice, late or out of order', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  // No timeout is waited for here, so none needs to be short.
  const { rows, alertsAbout, counted, expectCounted, prepare, deliver, stop, entered, ended } = useHeldEvents('0.1');

  /** Everything that is kept of a goal and an execution. */
  const snapshot = async (goalId: string, executionArn: string) => [
    ...(await rows.of('goals', goalId)),
    ...(await rows.of('tasks', goalId)),
    ...(await rows.of('workflow-executions', executionArn)),
  ];

  /** One alert about what people must know of, none about a success or what its user cancelled. */
  const alertsDue = (status: string, isCancelled: boolean) => (status === 'SUCCEEDED' || isCancelled ? 0 : 1);

  it('settle goal, record, metrics and alert exactly once, and never touch the next execution of the goal', async () => {
    await check(
      fc.asyncProperty(plan, async ({ end, entries, deliveries, together, late }) => {
        const { user, goal } = await prepare(titles(3, (index) => ENDS[end][index] ?? ''));
        const { goalId } = goal;
        const before = counted();
        const { executionArn } = (await user.start(goalId)).body;
        let isCancelled = false;
        if (end === 'stopped from outside' || end === 'cancelled') await entered(executionArn, entries);
        if (end === 'stopped from outside') await stop(executionArn);
        if (end === 'cancelled') isCancelled = (await user.cancel(executionArn)).status === 200;
        await ended(executionArn);
        // What is not delivered in time is delivered late: see below for what never is.
        const order = deliveries.includes('end') ? deliveries : [...deliveries, 'end'];
        if (together) await Promise.all(order.map((which) => deliver(executionArn, which)));
        else for (const which of order) await deliver(executionArn, which);

        const { status } = await user.getStatus(executionArn);
        expect(status).not.to.equal('RUNNING');
        const settled = await snapshot(goalId, executionArn);
        await Promise.all([deliver(executionArn, 'end'), deliver(executionArn, 'start'), deliver(executionArn, 'end')]);
        expect(await snapshot(goalId, executionArn)).to.deep.equal(settled);
        const due = alertsDue(status, isCancelled);
        expect(alertsAbout(executionArn)).to.have.length(due);
        await expectCounted(before, { [status]: 1 });
        const once = counted();
        const goalStatus = (await user.getGoal(goalId)).status;
        if (end === 'success') expect([status, goalStatus]).to.deep.equal(['SUCCEEDED', 'active']);
        if (end === 'partial success') expect([status, goalStatus]).to.deep.equal(['PARTIALLY_SUCCEEDED', 'partial']);
        if (end === 'failure') expect([status, goalStatus]).to.deep.equal(['FAILED', 'failed']);
        if (isCancelled) expect([status, goalStatus]).to.deep.equal(['ABORTED', 'draft']);
        if (!late || goalStatus === 'active') return;

        const next = (await user.start(goalId)).body.executionArn;
        expect(next).not.to.equal(executionArn);
        await deliver(executionArn, 'end');
        await entered(next, 5);
        await deliver(executionArn, 'end');
        const { status: nextStatus } = await user.waitForEnd(next);
        expect(nextStatus).to.equal(end === 'failure' || end === 'partial success' ? 'FAILED' : 'SUCCEEDED');
        await deliver(executionArn, 'end');
        expect(alertsAbout(executionArn)).to.have.length(due);
        expect(alertsAbout(next)).to.have.length(alertsDue(nextStatus, false));
        await expectCounted(once, { [nextStatus]: 1 });
      }),
      16,
    );
  });
});
