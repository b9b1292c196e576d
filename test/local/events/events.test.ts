import { expect } from 'chai';
import { type AwsFaults, NO_FAULTS } from '../../../local/aws/aws-faults.ts';
import { createEventDelivery } from '../../../local/aws/events/event-delivery.ts';
import { createEventBus } from '../../../local/aws/events/events.ts';
import { secondsOf } from '../../../local/aws/events/schedule.ts';

const pattern = { source: ['aws.states'], detail: { status: ['TIMED_OUT', 'ABORTED'] } };
const event = (status: string, source = 'aws.states') => ({ source, detail: { status } });

describe('the local event bus', () => {
  it('invokes the target of a rule that matches, three times in all while it fails, as Lambda does', async () => {
    const invoked: unknown[] = [];
    const failures: boolean[] = [];
    const put = createEventBus({
      rules: [{ name: 'ended', eventPattern: pattern, targets: [{ functionName: 'handle-error' }] }],
      invoke: async (functionName, sent) => {
        invoked.push({ functionName, sent });
        if (invoked.length <= 4) throw new Error('down');
      },
      timeScale: 0.00001,
      onFailure: (_name, _error, willRetry) => failures.push(willRetry),
    });
    for (const other of [event('SUCCEEDED'), event('ABORTED', 'aws.s3'), { source: 'aws.states' }]) await put(other);
    await put(event('TIMED_OUT'));
    const once = { functionName: 'handle-error', sent: event('TIMED_OUT') };
    expect(invoked).to.deep.equal([once, once, once]);
    expect(failures).to.deep.equal([true, true, false]);
    await put(event('ABORTED'));
    expect([invoked.length, failures.at(-1)]).to.deep.equal([5, true]);
  });

  it('knows schedules that are a rate of minutes, hours or days, and nothing that EventBridge would not take', () => {
    const rates = ['rate(1 minute)', 'rate(5 minutes)', 'rate(1 hour)', 'rate(2 days)'];
    expect(rates.map(secondsOf)).to.deep.equal([60, 300, 3600, 172_800]);
    for (const wrong of ['rate(1 minutes)', 'rate(5 minute)', 'rate(0 minutes)', 'rate(5 weeks)', 'cron(0 3 * * ? *)'])
      expect(() => secondsOf(wrong)).to.throw(`${wrong} is no schedule`);
  });
});

/** That a test may deliver events itself is seen by test/faults/held-events.ts. */
describe('the delivery of events', () => {
  const ALL = Array.from({ length: 200 }, (_, index) => index + 1);

  function start(faults: Partial<AwsFaults>, eventDeliveries = 1) {
    const came: number[] = [];
    const closing = new AbortController();
    const send = createEventDelivery<number>({
      eventDeliveries,
      faults: { ...NO_FAULTS, ...faults },
      bus: async (each) => void came.push(each),
      closing: closing.signal,
    });
    return { came, closing, send };
  }

  /** Delivers the events 1 to 200 at once. @returns those that came, in the order in which they came */
  async function deliverAll(faults: Partial<AwsFaults>): Promise<number[]> {
    const { came, send } = start(faults);
    await Promise.all(ALL.map(send));
    return came;
  }
  const inOrder = (numbers: readonly number[]) => [...numbers].sort((one, other) => one - other);

  it('is as often as it is told, unless a fault is on', async () => {
    for (const [faults, eventDeliveries, times] of [
      [{}, 0, 0],
      [{}, 3, 3],
      [{ eventDoubled: 1 }, 0, 2],
    ] as const) {
      const { came, send } = start(faults, eventDeliveries);
      await send(1);
      expect(came).to.deep.equal(Array.from({ length: times }, () => 1));
    }
  });

  it('loses its share, and doubles its share', async () => {
    const lost = await deliverAll({ eventLost: 0.1 });
    expect(new Set(lost).size).to.equal(lost.length).and.to.be.within(165, 195);
    const doubled = await deliverAll({ eventDoubled: 0.1 });
    expect([...new Set(inOrder(doubled))]).to.deep.equal(ALL);
    expect(doubled.length).to.be.within(205, 235);
  });

  it('is late with its share, each copy on its own, which is how events come out of order', async () => {
    const came = await deliverAll({ eventLate: 0.2, eventLateMs: 100 });
    expect(inOrder(came)).to.deep.equal(ALL);
    expect(came.findIndex((each, index) => each < (came[index - 1] ?? 0))).to.be.within(140, 180);
    const copies = await deliverAll({ eventDoubled: 1, eventLate: 0.5, eventLateMs: 100 });
    const distances = ALL.map((each) => copies.lastIndexOf(each) - copies.indexOf(each));
    expect([Math.min(...distances), Math.max(...distances) > 100]).to.deep.equal([1, true]);
  });

  it('gives up an event that is late when the stack closes, so that it counts as not delivered', async () => {
    const { came, closing, send } = start({ eventLate: 1, eventLateMs: 60_000 });
    const late = send(1).catch(({ name }: Error) => name);
    closing.abort();
    expect(await late).to.equal('AbortError');
    expect(came).to.deep.equal([]);
  });
});
