import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import sinon from 'sinon';
import { Executions } from '../../src/execution/executions.ts';
import { settle } from '../../src/execution/settle.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { createRecentPace, readRecentlyTaken } from '../../src/pace/recent-pace.ts';
import { failing, watched } from '../support/failing.ts';
import { BY_OUTCOME, useTables } from '../support/tables.ts';

const Key = { executionArn: 'pace', sk: 'RECENT' };
const times = (count: number, ms: number) => Array.from({ length: count }, () => ms);
/** What an execution took whose actions took so long. */
const taken = (actionMs: number) => ({
  actionMs,
  waveMs: 2 * actionMs,
  inputTokens: 100 + actionMs,
  outputTokens: actionMs,
});

describe('the recent pace of a stage', () => {
  const { db, givenExecution } = useTables();
  const row = async () => (await db.client.send(new GetCommand({ TableName: db.executions, Key }))).Item;
  const given = (recent?: unknown, others: object = {}) =>
    db.client.send(new PutCommand({ TableName: db.executions, Item: { ...Key, recent, ...others } }));

  const takenOf = (on = db) => readRecentlyTaken(on, createMemoryLog().log);

  /** As another process knows it, on a clock of its own. */
  function paceOn(on = db) {
    const { log, lines } = createMemoryLog();
    const clock = { now: 0 };
    return { pace: createRecentPace(on, log, () => clock.now), lines, clock };
  }

  beforeEach(() => given([]));

  it('is the median of the last 100, and unknown of fewer than 20', async () => {
    for (const [recent, usual] of [
      [times(19, 5), undefined],
      [[...times(10, 5), ...times(10, 8)], 7],
      [[...times(60, 5_000), ...times(40, 9), ...times(60, 10)], 10],
    ] as const) {
      await given(recent);
      expect(await paceOn().pace.usualActionMs()).to.equal(usual);
    }
  });

  it('is what executions took of late from the first one on, each by the median of its own last 100', async () => {
    expect(await takenOf()).to.equal(undefined);
    await given(times(200, 5));
    expect(await takenOf()).to.equal(undefined);
    await paceOn().pace.note(taken(7));
    expect(await takenOf()).to.deep.equal({ waveMs: 14, inputTokens: 107, outputTokens: 7 });
    const runs = [
      ...times(90, 1).map(() => [1, 1, 1]),
      ...times(50, 3).map(() => [3, 8, 2]),
      ...times(50, 3).map(() => [3, 9, 4]),
    ];
    await given([], { runs });
    expect(await takenOf()).to.deep.equal({ waveMs: 3, inputTokens: 9, outputTokens: 3 });
  });

  it('loses no end of several at once, keeps 100 to 199, the newest, and notes nothing where nothing was saved', async () => {
    const paces = Array.from({ length: 10 }, () => paceOn().pace);
    await given(times(150, 1));
    await Promise.all(paces.map((pace, index) => pace.note(taken(1_000 + index))));
    await paces[0]?.note(undefined);
    expect((await row())?.recent)
      .to.have.length(160)
      .and.to.include.members([1_000, 1_009]);
    await given([...times(100, 1), ...times(99, 2)], { runs: times(150, 4).map((ms) => [ms, ms, ms]) });
    await paces[0]?.note(taken(3));
    expect(await row()).to.deep.equal({
      ...Key,
      recent: [...times(99, 2), 3],
      runs: [...times(99, 4).map((ms) => [ms, ms, ms]), [6, 103, 3]],
    });
  });

  it('is made where there is no row, in no index, and does not expire', async () => {
    await given();
    await paceOn().pace.note(taken(7));
    expect(await row()).to.deep.equal({ ...Key, recent: [7], runs: [[14, 107, 7]] });
  });

  it('is read once a minute and process, however many ask, and known anew by each end', async () => {
    const { db: on, commands } = watched(db);
    const { pace, clock } = paceOn(on);
    await given(times(20, 5));
    expect(await Promise.all([pace.usualActionMs(), pace.usualActionMs()])).to.deep.equal([5, 5]);
    clock.now = 59_999;
    await pace.usualActionMs();
    expect(commands).to.deep.equal(['GetCommand']);
    await given(times(20, 9));
    clock.now = 60_000;
    expect(await pace.usualActionMs()).to.equal(9);
    await given(times(30, 11));
    await pace.note(taken(11));
    clock.now = 119_999;
    expect(await pace.usualActionMs()).to.equal(11);
    expect(commands).to.deep.equal(['GetCommand', 'GetCommand', 'UpdateCommand']);
  });

  it('never fails: what cannot be read is unknown for a minute, what cannot be noted is lost, and the log says so', async () => {
    const { pace, lines } = paceOn(failing(db, () => new Error('down')));
    expect(await pace.usualActionMs()).to.equal(undefined);
    expect(await pace.usualActionMs()).to.equal(undefined);
    expect(await takenOf(failing(db, () => new Error('down')))).to.equal(undefined);
    await pace.note(taken(5));
    expect(lines.map(({ level, message }) => `${level}: ${message}`)).to.deep.equal([
      'warn: the usual pace is not known',
      'warn: the pace could not be noted',
    ]);
    await given('nonsense');
    const other = paceOn();
    expect(await other.pace.usualActionMs()).to.equal(undefined);
    await other.pace.note(taken(5));
    expect(other.lines).to.have.length(2);
  });

  it('keeps nobody waiting for an answer that does not come', async () => {
    const never = { ...db, client: { send: () => new Promise<never>(() => undefined) } };
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const asked = paceOn(never).pace.usualActionMs();
      expect(await Promise.race([asked, clock.tickAsync(499).then(() => 'waits')])).to.equal('waits');
      await clock.tickAsync(1);
      expect(await asked).to.equal(undefined);
    } finally {
      clock.restore();
    }
  });

  describe('in a settlement', () => {
    /** Settles an execution of which one action took 6 s. */
    async function settled(on = db) {
      const { executionArn } = await givenExecution({ actionCount: 1, saved: [0], now: new Date(Date.now() - 6_000) });
      const { pace, lines } = paceOn(on);
      return { record: await settle(new Executions(db, { pace }), executionArn, BY_OUTCOME), lines };
    }

    it('is what the record says was usual, and gets its own time, in two requests', async () => {
      await given(times(20, 500));
      const { db: on, commands } = watched(db);
      const { record } = await settled(on);
      expect(record).to.include({ status: 'SUCCEEDED', usualActionMs: 500 });
      expect(record?.actionMs).to.be.within(6_000, 66_000);
      expect((await row())?.recent).to.deep.equal([...times(20, 500), record?.actionMs]);
      const { confirmedAt = '', stoppedAt = '' } = record ?? {};
      expect((await row())?.runs).to.deep.equal([[Date.parse(stoppedAt) - Date.parse(confirmedAt), 100, 50]]);
      expect(commands).to.deep.equal(['GetCommand', 'UpdateCommand']);
    });

    it('may fail: it settles all the same', async () => {
      const { record, lines } = await settled(failing(db, () => new Error('down')));
      expect(record).to.include({ status: 'SUCCEEDED' }).and.not.have.property('usualActionMs');
      expect(lines).to.have.length(2);
    });
  });
});
