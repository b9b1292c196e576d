import { type GetExecutionHistoryCommand, type HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { endOutcome, readExecution } from '@goal-activity/core/executions.ts';
import { settle } from '@goal-activity/core/settle.ts';
import { readHistory } from '@goal-activity/core/workflow.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { failureOf } from '../../../test/support/failure.ts';
import { givenExecution, givenSaved } from '../../../test/support/goal.ts';
import { unnoticed } from '../../core/test/ends.ts';
import { type Collaborators, getHistory } from '../src/get-history.ts';

describe('getHistory', () => {
  const database = useDatabase();
  const given = (events: HistoryEvent[] | undefined): Collaborators => ({
    read: (executionArn) => readExecution(database(), executionArn),
    readHistory: async () => events,
  });

  it('is made from the database when Step Functions has forgotten the execution', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 3, now: new Date(Date.now() - 60_000) });
    const { executionArn, userId, actions } = execution;
    await givenSaved(db, execution, [0]);
    const failure = { outcome: 'FAILED', error: 'PermanentError', reason: 'denied' } as const;
    await endOutcome(db, executionArn, 1, failure, new Date());
    await endOutcome(db, executionArn, 2, { outcome: 'CANCELLED' }, new Date());
    await settle(db, executionArn, { status: 'ABORTED', error: 'ABORT', notify: 'machine' }, new Date(), unnoticed);
    const { events, states } = await getHistory(executionArn, userId, given(undefined));
    expect(events.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 5]);
    expect(events.map(({ kind, state, actionId, error }) => [kind, state, actionId, error])).to.deep.equal([
      ['state', 'ValidateInput', null, null],
      ['state', 'SaveTasks', actions[0]?.actionId, null],
      ['failure', 'GenerateTasks', actions[1]?.actionId, 'PermanentError'],
      ['failure', null, actions[2]?.actionId, 'ABORT'],
      ['end', null, null, 'ABORT'],
    ]);
    expect(events.at(-1)?.durationMs).to.be.at.least(60_000);
    expect(states.map(({ state, count }) => [state, count])).to.deep.equal([
      ['ValidateInput', 1],
      ['ProcessBatches', 1],
    ]);
  });

  it('is empty for an execution that has not begun, and says no more than the end of one that never began', async () => {
    const db = database();
    const { executionArn, userId } = await givenExecution(db, { confirmed: false });
    expect(await getHistory(executionArn, userId, given(undefined))).to.deep.equal({
      executionArn,
      events: [],
      states: [],
    });
    const end = { status: 'FAILED', error: 'StartRefused', notify: 'machine' } as const;
    await settle(db, executionArn, end, new Date(), unnoticed);
    const { events } = await getHistory(executionArn, userId, given(undefined));
    expect(events.at(-1)).to.include({ kind: 'end', error: 'StartRefused' });
  });

  it("answers 404 for someone else's execution and an unknown one alike, without asking Step Functions (rule 5)", async () => {
    const { executionArn } = await givenExecution(database());
    const collaborators = { ...given(undefined), readHistory: async () => Promise.reject(new Error('was asked')) };
    for (const arn of [executionArn, `${executionArn}9`]) {
      const failure = await failureOf(getHistory(arn, 'someone else', collaborators));
      expect(failure).to.include({ status: 404, code: 'execution_not_found' });
    }
  });
});

describe('readHistory', () => {
  const client = (send: (input: GetExecutionHistoryCommand['input']) => object) =>
    Object.assign(new SFNClient({ region: 'x' }), {
      send: async ({ input }: GetExecutionHistoryCommand) => send(input),
    });

  it('reads page by page, without inputs and outputs, and no further than an execution can get', async () => {
    const asked: unknown[] = [];
    const events = await readHistory(
      'arn',
      client((input) => {
        asked.push(input);
        return { events: Array.from({ length: 1000 }, () => ({})), nextToken: 'more' };
      }),
    );
    expect(events).to.have.length(25_000);
    expect(asked).to.have.length(25);
    expect(asked[0]).to.deep.include({ executionArn: 'arn', maxResults: 1000, includeExecutionData: false });
    expect(asked[1]).to.deep.include({ nextToken: 'more' });
  });

  it('is undefined for an execution that there is not, and transient when it is asked too often', async () => {
    const failing = (name: string) =>
      client(() => {
        throw Object.assign(new Error('no'), { name });
      });
    expect(await readHistory('arn', failing('ExecutionDoesNotExist'))).to.equal(undefined);
    expect((await failureOf(readHistory('arn', failing('ThrottlingException')))).name).to.equal('TransientError');
    expect((await failureOf(readHistory('arn', failing('AccessDeniedException')))).name).to.equal('PermanentError');
  });
});
