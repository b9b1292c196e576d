import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../test/support/failure.ts';
import { rememberContexts } from '../src/contexts.ts';

describe('the contexts of executions', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
  });
  afterEach(() => clock.restore());

  /** @param failing how many of the first reads fail */
  function given(failing = 0) {
    const read: string[] = [];
    const contextOf = rememberContexts(async (goalId) => {
      read.push(goalId);
      if (read.length <= failing) throw new Error('throttled');
      return `${goalId}, read ${read.length}`;
    });
    return { contextOf, read };
  }

  it('are read once for an execution, however many ask at once, and anew for the next one of the same goal', async () => {
    const { contextOf, read } = given();
    const asked = [contextOf('g-1', 'g'), contextOf('g-1', 'g'), contextOf('g-2', 'g')];
    expect(await Promise.all(asked)).to.deep.equal(['g, read 1', 'g, read 1', 'g, read 2']);
    expect(await contextOf('g-1', 'g')).to.equal('g, read 1');
    expect(read).to.have.length(2);
  });

  it('are read again after a read that failed', async () => {
    const { contextOf } = given(1);
    expect((await failureOf(contextOf('g-1', 'g'))).message).to.equal('throttled');
    expect(await contextOf('g-1', 'g')).to.equal('g, read 2');
  });

  it('are kept for five minutes', async () => {
    const { contextOf } = given();
    await contextOf('g-1', 'g');
    clock.tick(299_999);
    expect(await contextOf('g-1', 'g')).to.equal('g, read 1');
    clock.tick(2);
    expect(await contextOf('g-1', 'g')).to.equal('g, read 2');
  });

  it('are no more than a hundred', async () => {
    const { contextOf, read } = given();
    const names = Array.from({ length: 101 }, (_, index) => `g-${index}`);
    for (const name of names) await contextOf(name, name);
    await contextOf('g-0', 'g-0');
    expect(read).to.have.length(102);
  });
});
