import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useTopic } from '../../../../test/support/stack/topic.ts';
import type { Description } from '../../src/aws/step-functions.ts';
import type { End } from '../../src/execution/settle.ts';
import { report } from '../../src/report/report.ts';
import type { ExecutionRow } from '../../src/types.ts';
import { watched } from '../support/failing.ts';
import { BY_OUTCOME, useTables, withPart } from '../support/tables.ts';
import { givenSweep } from '../support/tools.ts';

describe('report', () => {
  const { db, executions, givenExecution } = useTables();
  const topic = useTopic();
  /** A record that was settled, and whatever was due then still is. */
  const givenSettled = async (ended: End = { status: 'FAILED', notify: 'machine' }) =>
    (await givenExecution({ actionCount: 1, ended })).record;
  const reportOf = (
    record: ExecutionRow,
    describe: () => Promise<Description | undefined> = () => Promise.reject(new Error('was asked')),
    on = db,
  ) => {
    const given = givenSweep(on, topic());
    return { ...given, run: () => report(given.tools, record, describe) };
  };
  const messagesAbout = ({ executionArn }: ExecutionRow) => topic().messagesAbout(executionArn).length;
  const recordNow = ({ executionArn }: ExecutionRow) => executions.get(executionArn);
  const DONE = { notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' };

  for (const [what, description, messages] of [
    ['has told people', { status: 'FAILED', error: 'WorkflowFailed' }, 0],
    ['ended before it could', { status: 'FAILED', error: 'SNS.NotFoundException' }, 1],
    ['is known no more', undefined, 1],
  ] as const) {
    it(`has people told once, and the metrics written, however many do it at once, of an end by a machine that ${what}`, async () => {
      const record = await givenSettled();
      const reports = [1, 2, 3].map(() => reportOf(record, async () => description));
      await Promise.all(reports.map(({ run }) => run()));
      await reportOf((await recordNow(record)) ?? record, async () => description).run();
      expect(messagesAbout(record)).to.equal(messages);
      expect(reports.flatMap(({ puts }) => puts)).to.have.length(1);
      expect(withPart(await recordNow(record))).to.include(DONE);
    });
  }

  for (const status of ['RUNNING', 'PENDING_REDRIVE']) {
    it(`leaves it to a machine that is ${status} to tell people, and keeps the record in the index`, async () => {
      const record = await givenSettled();
      const { run, puts } = reportOf(record, async () => ({ status }));
      await run();
      expect([messagesAbout(record), puts.length]).to.deep.equal([0, 1]);
      expect(withPart(await recordNow(record))).to.include({ notify: 'machine', runningShard: 'RUNNING' });
    });
  }

  it('sends an alert whose sender died, once, logs it with the error or the status, and asks Step Functions nothing', async () => {
    for (const error of ['Outside', undefined]) {
      const { error: _error, ...settled } = await givenSettled({ status: 'ABORTED', notify: 'pending' });
      const record = error === undefined ? settled : { ...settled, error };
      const reports = [1, 2, 3].map(() => reportOf(record));
      await Promise.all(reports.map(({ run }) => run()));
      expect(messagesAbout(record)).to.equal(1);
      const lines = reports.flatMap(({ lines: all }) => all);
      expect(lines).to.have.length(1);
      const { executionArn, goalId } = record;
      const ended = { status: 'ABORTED', errorName: error ?? 'ABORTED' };
      expect(lines[0]).to.include({ level: 'error', executionArn, goalId, ...ended });
      expect(lines[0]?.message).to.contain('alert sent');
    }
  });

  it('takes a record out of the index that two left there, each for the other to do, and writes nothing to one of which nothing is due', async () => {
    const record = await givenSettled();
    await executions.change(record.executionArn, { set: { notify: 'sent', metrics: 'sent' } });
    for (const written of [['UpdateCommand'], []]) {
      const { db: asked, commands } = watched(db);
      const { run, puts } = reportOf((await recordNow(record)) ?? record, undefined, asked);
      await run();
      expect([commands, messagesAbout(record), puts]).to.deep.equal([written, 0, []]);
      expect(withPart(await recordNow(record))).to.include(DONE);
    }
  });

  it('tells nobody of a success', async () => {
    const { record } = await givenExecution({ actionCount: 1, saved: [0], ended: BY_OUTCOME });
    const { run, lines } = reportOf(record);
    await run();
    expect([messagesAbout(record), lines]).to.deep.equal([0, []]);
  });

  it('keeps what is due when Step Functions does not answer', async () => {
    const record = await givenSettled();
    const fault = new Error('no answer');
    expect(await failureOf(reportOf(record, () => Promise.reject(fault)).run())).to.equal(fault);
    expect(withPart(await recordNow(record))).to.include({ notify: 'machine', runningShard: 'RUNNING' });
  });
});
