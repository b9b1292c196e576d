import { expect } from 'chai';
import { type AwsFaults, NO_FAULTS } from '../../../local/aws/aws-faults.ts';
import { createEventDelivery } from '../../../local/aws/events/event-delivery.ts';

const ALL = Array.from({ length: 200 }, (_, index) => index + 1);

describe('createEventDelivery', () => {
  function start(
    faults: Partial<AwsFaults>,
    options: { eventDeliveries?: number; deliver?: (event: number) => Promise<void> } = {},
  ) {
    const came: number[] = [];
    const closing = new AbortController();
    const bus = async (event: number) => {
      came.push(event);
    };
    const settings = { eventDeliveries: 1, faults: { ...NO_FAULTS, ...faults }, bus, closing: closing.signal };
    return { came, closing, send: createEventDelivery<number>({ ...settings, ...options }) };
  }

  /** Delivers the events 1 to 200 at once. @returns those that came, in the order in which they came */
  async function deliverAll(faults: Partial<AwsFaults>): Promise<number[]> {
    const { came, send } = start(faults);
    await Promise.all(ALL.map((event) => send(event)));
    return came;
  }
  const inOrder = (numbers: readonly number[]) => [...numbers].sort((one, other) => one - other);

  it('delivers each event as often as it is told, unless a fault is on or a test delivers', async () => {
    for (const times of [0, 1, 3]) {
      const { came, send } = start({}, { eventDeliveries: times });
      await send(1);
      expect(came).to.deep.equal(Array.from({ length: times }, () => 1));
    }
    const doubled = start({ eventDoubled: 1 }, { eventDeliveries: 0 });
    await doubled.send(1);
    expect(doubled.came).to.deep.equal([1, 1]);
    const taken: number[] = [];
    const { came, send } = start({ eventDoubled: 1 }, { deliver: async (event) => void taken.push(event) });
    await send(1);
    expect([came, taken]).to.deep.equal([[], [1]]);
  });

  it('loses its share, and doubles its share', async () => {
    const lost = await deliverAll({ eventLost: 0.1 });
    expect(new Set(lost).size).to.equal(lost.length);
    expect(lost.length).to.be.within(165, 195);
    const doubled = await deliverAll({ eventDoubled: 0.1 });
    expect([...new Set(inOrder(doubled))]).to.deep.equal(ALL);
    expect(doubled.length).to.be.within(205, 235);
  });

  it('is late with its share, each copy on its own, which is how events come out of order', async () => {
    const came = await deliverAll({ eventLate: 0.2, eventLateMs: 100 });
    expect(inOrder(came)).to.deep.equal(ALL);
    expect(came.findIndex((event, index) => event < (came[index - 1] ?? 0))).to.be.within(140, 180);
    const copies = await deliverAll({ eventDoubled: 1, eventLate: 0.5, eventLateMs: 100 });
    const distances = ALL.map((event) => copies.lastIndexOf(event) - copies.indexOf(event));
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
