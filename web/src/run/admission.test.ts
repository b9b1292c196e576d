import { ApiError } from '@goal-activity/client/errors.ts';
import { expect } from 'chai';
import sinon from 'sinon';
import { whenAdmitted } from './admission.ts';

describe('whenAdmitted', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  });
  afterEach(() => clock.restore());

  const refused = (status: number, code: string, headers = {}) =>
    new ApiError('POST /start', new Response('', { status, headers }), { code });

  /** A start that is answered by these, one after the other. */
  function starting(...answers: (ApiError | string)[]) {
    const waits: number[] = [];
    const controller = new AbortController();
    let tries = 0;
    const start = async () => {
      const answer = answers[tries] ?? 'none';
      tries += 1;
      if (answer instanceof ApiError) throw answer;
      return answer;
    };
    const onWait = (until: Date) => waits.push(until.getTime());
    const outcome = whenAdmitted(start, { onWait, signal: controller.signal }).catch((error: unknown) => error);
    return { outcome, waits, tries: () => tries, close: () => controller.abort() };
  }

  it('tries again when the answer says, as often as there is no room', async () => {
    const run = starting(refused(503, 'too_busy', { 'retry-after': '12' }), refused(503, 'too_busy'), 'started');
    await clock.tickAsync(11_999);
    expect([run.tries(), run.waits]).to.deep.equal([1, [12_000]]);
    await clock.tickAsync(1);
    expect([run.tries(), run.waits]).to.deep.equal([2, [12_000, 22_000]]);
    await clock.tickAsync(10_000);
    expect(await run.outcome).to.equal('started');
  });

  it('leaves every other refusal to the person', async () => {
    for (const refusal of [
      refused(503, 'start_delayed', { 'retry-after': '2' }),
      refused(429, 'too_many_executions'),
    ]) {
      const run = starting(refusal, 'started');
      expect(await run.outcome).to.equal(refusal);
      expect(run.tries()).to.equal(1);
    }
  });

  it('starts nothing any more once the person has turned away', async () => {
    const refusal = refused(503, 'too_busy');
    const run = starting(refusal, 'started');
    await clock.tickAsync(1_000);
    run.close();
    expect(await run.outcome).to.equal(refusal);
    await clock.tickAsync(60_000);
    expect(run.tries()).to.equal(1);
  });
});
