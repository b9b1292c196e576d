import { expect } from 'chai';
import { createDraw, NO_FAULTS } from '../../../local/aws/aws-faults.ts';
import { deliverWithFaults, type EventFaults, hasEventFaults } from '../../../local/aws/events/event-faults.ts';

describe('the delivery of events with faults', () => {
  /** Delivers the events 1 to 200 at once. @returns those that came, in the order in which they came */
  async function deliver(faults: Partial<EventFaults>, seed = '1'): Promise<number[]> {
    const waiting: { until: number; resume: () => void }[] = [];
    const came: number[] = [];
    const send = deliverWithFaults<number>({
      faults: { ...NO_FAULTS, ...faults },
      draw: createDraw(seed),
      bus: async (event) => {
        came.push(event);
      },
      wait: (milliseconds) =>
        new Promise((resume) => {
          waiting.push({ until: milliseconds, resume });
        }),
    });
    const sent = Array.from({ length: 200 }, (_, index) => send(index + 1));
    for (const { until, resume } of waiting.sort((one, other) => one.until - other.until)) {
      expect(until).to.be.within(0, faults.eventLateMs ?? 0);
      resume();
    }
    await Promise.all(sent);
    return came;
  }
  const inOrder = (numbers: readonly number[]) => [...numbers].sort((one, other) => one - other);
  const all = Array.from({ length: 200 }, (_, index) => index + 1);

  it('delivers each once and in order without a fault', async () => {
    expect(await deliver({})).to.deep.equal(all);
  });

  it('loses its share', async () => {
    const came = await deliver({ eventLost: 0.1 });
    expect(new Set(came).size).to.equal(came.length);
    expect(came.length).to.be.within(165, 195);
    expect(await deliver({ eventLost: 1 })).to.deep.equal([]);
  });

  it('doubles its share', async () => {
    const came = await deliver({ eventDoubled: 0.1 });
    expect([...new Set(inOrder(came))]).to.deep.equal(all);
    expect(came.length).to.be.within(205, 235);
  });

  it('is late with its share, which is how events come out of order', async () => {
    const came = await deliver({ eventLate: 0.2, eventLateMs: 500 });
    expect(inOrder(came)).to.deep.equal(all);
    const inTime = came.findIndex((event, index) => event < (came[index - 1] ?? 0));
    expect(inTime).to.be.within(140, 180);
  });

  it('is late with one copy and in time with the other', async () => {
    const came = await deliver({ eventDoubled: 1, eventLate: 0.5, eventLateMs: 500 });
    const distances = all.map((event) => came.lastIndexOf(event) - came.indexOf(event));
    expect(Math.min(...distances)).to.equal(1);
    expect(Math.max(...distances)).to.be.greaterThan(100);
  });

  it('does the same for the same seed, and something else for another', async () => {
    const faults = { eventLost: 0.1, eventDoubled: 0.1, eventLate: 0.2, eventLateMs: 500 };
    const came = await deliver(faults, 'a');
    expect(await deliver(faults, 'a')).to.deep.equal(came);
    expect(await deliver(faults, 'b')).not.to.deep.equal(came);
  });

  it('is wanted when one of its faults is on', () => {
    expect(hasEventFaults({ ...NO_FAULTS, eventLateMs: 500 })).to.equal(false);
    for (const name of ['eventLost', 'eventDoubled', 'eventLate'])
      expect(hasEventFaults({ ...NO_FAULTS, [name]: 0.1 }), name).to.equal(true);
  });
});
