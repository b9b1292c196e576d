import { expect } from 'chai';
import { type AwsFaults, NO_FAULTS } from '../../../local/aws/aws-faults.ts';
import { createEventDelivery } from '../../../local/aws/events/event-delivery.ts';
import { failureOf } from '../../support/failure.ts';

describe('createEventDelivery', () => {
  const closing = new AbortController();
  function start(faults: Partial<AwsFaults>, eventDeliveries = 1, deliver?: (event: string) => Promise<void>) {
    const came: string[] = [];
    const bus = async (event: string) => {
      came.push(event);
    };
    const settings = { faults: { ...NO_FAULTS, ...faults }, eventDeliveries, bus, closing: closing.signal };
    return { came, send: createEventDelivery({ ...settings, ...(deliver === undefined ? {} : { deliver }) }) };
  }

  for (const times of [0, 1, 3]) {
    it(`delivers each event ${times} times when it is told so`, async () => {
      const { came, send } = start({}, times);
      await send('a');
      expect(came).to.deep.equal(Array.from({ length: times }, () => 'a'));
    });
  }

  it('delivers with faults when one of them is on', async () => {
    const { came, send } = start({ eventDoubled: 1 }, 0);
    await send('a');
    expect(came).to.deep.equal(['a', 'a']);
  });

  it('leaves it all to a test that wants to deliver', async () => {
    const taken: string[] = [];
    const { came, send } = start({ eventDoubled: 1 }, 1, async (event) => {
      taken.push(event);
    });
    await send('a');
    expect([came, taken]).to.deep.equal([[], ['a']]);
  });

  it('gives up an event that is late when the stack closes, so that it counts as not delivered', async () => {
    const { came, send } = start({ eventLate: 1, eventLateMs: 60_000 });
    const late = send('a');
    closing.abort();
    expect(await failureOf(late)).to.have.property('name', 'AbortError');
    expect(came).to.deep.equal([]);
  });
});
