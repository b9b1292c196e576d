import { claimMetrics, giveMetricsBack, leaveIndex, noteTold } from '@goal-activity/core/execution/due.ts';
import type { Executions } from '@goal-activity/core/execution/executions.ts';
import type { Row } from '@goal-activity/core/execution/records.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import type { GivenExecution } from '../../../test/support/stack/goal.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { archiveExecutions, type Collaborators } from '../src/archive-executions.ts';

const STARTED_AT = new Date('2026-11-24T23:59:59.999Z');
const ENDED_AT = new Date('2026-11-25T00:01:00.000Z');
const NOW = new Date('2026-11-25T01:01:00.999Z');
const keyOf = ({ goalId }: GivenExecution) => `executions/goalId=${goalId}/date=2026-11-24/${goalId}-1.json`;
const withoutKeys = ({ sk: _sk, runningShard: _shard, metricsBy: _by, ...row }: Row) => row;

async function executionArnsIn(pages: AsyncIterable<readonly Row[]>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const rows of pages) found.push(...rows.map(({ executionArn }) => executionArn));
  return found;
}

describe('archiveExecutions', () => {
  const { executions: repository, executionsAt, givenExecution } = useTables();
  /** The bucket: bodies by key. */
  const objects = new Map<string, string>();
  // Tests share the index and the bucket: each leaves them empty.
  afterEach(async () => {
    objects.clear();
    for (const executionArn of await executionArnsIn(repository.unarchivedPages()))
      await leaveIndex(repository, String(executionArn));
  });

  /** @param rows what of the repository is to be otherwise */
  function given(changes: Partial<Collaborators> = {}, rows: Partial<Executions> = {}) {
    const { log, lines } = createMemoryLog();
    const ages: number[] = [];
    const collaborators: Collaborators = {
      executions: Object.assign(executionsAt(NOW), rows),
      put: async (key, body) => {
        if (objects.has(key)) return false;
        objects.set(key, body);
        return true;
      },
      putAge: async (seconds) => ages.push(seconds),
      hasTime: () => true,
      log,
      ...changes,
    };
    return { run: () => archiveExecutions(collaborators), lines, ages };
  }

  /** An execution that has been settled, and of which nothing is due any more. */
  async function givenDone(actionCount = 1): Promise<GivenExecution> {
    const execution = await givenExecution({ actionCount, now: STARTED_AT, saved: [0], ended: BY_OUTCOME });
    const { executionArn } = execution;
    // A save sets the clock of the test's own time.
    await repository.change(executionArn, { set: { stoppedAt: ENDED_AT.toISOString() } });
    await claimMetrics(repository, executionArn, 'a');
    await noteTold(repository, executionArn, 'machine');
    return execution;
  }
  const waiting = () => executionArnsIn(repository.unarchivedPages());

  it('writes one object with the execution, whatever attributes it has, and its outcomes, found by goal and date', async () => {
    const execution = await givenDone(64);
    const { executionArn } = execution;
    await repository.change(executionArn, { set: { later: { b: [1, null] } } });
    const { record = {}, outcomes } = await repository.readRows(executionArn);
    const { run, ages } = given();
    expect(await run()).to.deep.equal({ archived: 1, oldestSeconds: 0 });
    expect(ages).to.deep.equal([0]);
    expect([...objects.keys()]).to.deep.equal([keyOf(execution)]);
    const content: unknown = JSON.parse(objects.get(keyOf(execution)) ?? '');
    expect(content).to.deep.equal({ execution: withoutKeys(record), outcomes: outcomes.map(withoutKeys) });
    expect(content).to.nested.include({ 'execution.later.b[0]': 1, 'outcomes.length': 64 });
  });

  it('archives nothing for an index that is behind: what is archived, gone or the sweep’s again', async () => {
    const [archived, taken] = [await givenDone(), await givenDone()];
    const rows: Row[] = [];
    for await (const page of repository.unarchivedPages()) rows.push(...page);
    await leaveIndex(repository, archived.executionArn);
    await giveMetricsBack(repository, taken.executionArn, 'a');
    const unarchivedPages = async function* () {
      yield [...rows, { ...rows[0], executionArn: 'gone' }];
    };
    const behind = given({}, { unarchivedPages });
    expect(await behind.run()).to.deep.equal({ archived: 0, oldestSeconds: 0 });
    expect([...objects]).to.deep.equal([]);
    expect(behind.lines).to.deep.equal([]);
  });

  it('archives the others when some cannot be written or filed, logs which, tells how old they are, and fails at the end', async () => {
    const [ill, torn, sound] = [await givenDone(), await givenDone(), await givenDone()];
    await repository.change(torn.executionArn, { remove: ['goalId'] });
    const fault = new RangeError('no bucket');
    const put = async (key: string, body: string) => {
      if (key === keyOf(ill)) throw fault;
      return !objects.set(key, body);
    };
    const { run, lines, ages } = given({ put });
    const failure = await failureOf(run());
    expect(failure).to.include({ name: 'TransientError', message: '2 of 3 executions could not be archived' });
    expect(failure.cause).to.be.instanceOf(Error);
    expect([...objects.keys()]).to.deep.equal([keyOf(sound)]);
    const errors = lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ executionArn, errorName }) => [executionArn, errorName])).to.have.deep.members([
      [ill.executionArn, 'RangeError'],
      [torn.executionArn, 'ValidationError'],
    ]);
    for (const { message, stack } of errors) {
      expect(message).to.equal('execution could not be archived');
      expect(stack).to.be.a('string');
    }
    expect(ages).to.deep.equal([3600]);
    expect(await waiting()).to.have.members([ill.executionArn, torn.executionArn]);
  });

  for (const [where, sizes, oldestSeconds, read] of [
    ['in the middle of a page', [25, 5], 3624, 1],
    ['between two pages', [20, 5, 5], 3624, 2],
    ['with the last page', [20], 0, 1],
  ] as const) {
    it(`archives ten at once, until its time ends ${where}: tells the age of the oldest that waits, and leaves it to the next run`, async () => {
      const executions = Array.from({ length: 30 }, (_, index) => ({
        executionArn: `arn:aws:states:r:1:execution:m:g-${index}`,
        goalId: 'g',
        name: `g-${index}`,
        startedAt: new Date(STARTED_AT.getTime() + index).toISOString(),
        // The one that began last ended first.
        stoppedAt: new Date(ENDED_AT.getTime() - index * 1000).toISOString(),
        runningShard: 'UNARCHIVED',
      }));
      let [pages, running, most] = [0, 0, 0];
      const keys: string[] = [];
      const hasTime = () => keys.length < 20;
      const collaborators = { put: async (key: string) => keys.push(key) > 0, hasTime };
      const { run, ages } = given(collaborators, {
        async *unarchivedPages() {
          const left = [...executions];
          for (const size of sizes) {
            pages += 1;
            yield left.splice(0, size);
          }
        },
        async readRows(arn) {
          running += 1;
          most = Math.max(most, running);
          await new Promise(setImmediate);
          running -= 1;
          return { record: executions.find(({ executionArn }) => executionArn === arn), outcomes: [] };
        },
        change: async () => true,
      });
      expect(await run()).to.deep.equal({ archived: 20, oldestSeconds });
      expect(ages).to.deep.equal([oldestSeconds]);
      expect([new Set(keys).size, most, pages]).to.deep.equal([20, 10, read]);
    });
  }

  for (const [what, row, seconds] of [
    ['its end', { stoppedAt: '2026-11-25T01:00:00.000Z', startedAt: '2026-11-24T00:00:00.000Z' }, 60],
    ['its start where the end is unknown', { startedAt: '2026-11-24T00:00:00.000Z' }, 90_060],
    ['nothing where both are', {}, 0],
    ['nothing where the clocks differ', { stoppedAt: '2026-11-25T02:00:00.000Z' }, 0],
  ] as const) {
    it(`counts the age of what it could not archive from ${what}`, async () => {
      const readRows = () => Promise.reject(new Error('no database'));
      const unarchivedPages = async function* () {
        yield [{ executionArn: 'a', ...row }];
      };
      const { run, ages } = given({}, { unarchivedPages, readRows });
      await failureOf(run());
      expect(ages).to.deep.equal([seconds]);
    });
  }

  it('fails when its age cannot be told: an alarm hangs on it', async () => {
    const { run } = given({ putAge: () => Promise.reject(new Error('no CloudWatch')) });
    expect((await failureOf(run())).message).to.equal('no CloudWatch');
  });
});
