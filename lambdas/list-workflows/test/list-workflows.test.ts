import { randomUUID } from 'node:crypto';
import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { Problem } from '@goal-activity/core/errors.ts';
import { recordProgress } from '@goal-activity/core/execution/progress.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { createCursors } from '@goal-activity/core/http/cursor.ts';
import { expect } from 'chai';
import fc from 'fast-check';
import { failureOf } from '../../../test/support/failure.ts';
import { callHandlerInTurn, databaseVariables, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { type ListQuery, readFilters } from '../src/filters.ts';
import { listWorkflows } from '../src/list-workflows.ts';

type Page = Awaited<ReturnType<typeof listWorkflows>>;
const DAY_MS = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 1);

describe('list-workflows', () => {
  const { db, executions, executionsAt, givenExecution } = useTables();
  const prices = { input: 1, output: 5 };
  const cursors = createCursors(async () => 'key');
  const place = { executionArn: 'arn:aws:states:x', startedAt: '2026-01-31T09:30:00.000Z' };
  const list = (query: ListQuery, userId: string, on: Database = db): Promise<Page> =>
    listWorkflows(on, readFilters(query, userId), prices, cursors);
  /** A database that answers each query with what the test wants; `asked` is where they began. */
  function answering(answer: (count: number) => object) {
    const asked: unknown[] = [];
    const send = async ({ input }: { input: QueryCommandInput }) => answer(asked.push(input.ExclusiveStartKey));
    return { asked, on: { goals: 'g', tasks: 't', executions: 'e', client: Object({ send }) } };
  }

  /** All pages in a row. */
  async function listAll(query: ListQuery, userId: string): Promise<Page['items']> {
    const items: Page['items'] = [];
    let cursor: string | null | undefined;
    do {
      const page = await list({ ...query, ...(cursor ? { cursor } : {}) }, userId);
      expect(page.items.length).to.be.at.most(Number(query.limit ?? 25));
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return items;
  }

  it('shows counts, cost and what came of it, for one that runs as of its last progress', async () => {
    const execution = await givenExecution({ actionCount: 3, saved: [0, 1] });
    const now = new Date();
    await recordProgress(executionsAt(now), execution.executionArn);
    const { estimatedSecondsRemaining } = (await executions.get(execution.executionArn)) ?? {};
    expect(estimatedSecondsRemaining).to.be.at.least(1);
    const cost = { aiCalls: 2, inputTokens: 200, outputTokens: 100, estimatedUsd: 0.0007 };
    const { executionArn, goalId, userId } = execution;
    const common = { executionArn, goalId, startDate: execution.record.startedAt, totalActions: 3, cost };
    expect((await list({}, userId)).items).to.deep.equal([
      {
        ...common,
        status: 'RUNNING',
        stopDate: null,
        savedActions: 2,
        failedActions: 0,
        taskCount: 6,
        progressPercentage: 66,
        estimatedSecondsRemaining,
        progressDate: now.toISOString(),
        summary: null,
      },
    ]);
    await settle(executions, executionArn, BY_OUTCOME);
    const [ended] = (await list({}, userId)).items;
    const counts = { failedActions: 1, progressPercentage: 100, estimatedSecondsRemaining: 0 };
    expect(ended).to.deep.include({ ...common, ...counts, status: 'PARTIALLY_SUCCEEDED' });
    expect(ended?.stopDate).to.be.a('string');
    expect(ended?.summary).to.contain('2 of 3');
  });

  it('lists newest first, page by page, each once, whatever the filters and the limit', async () => {
    const userId = `user-${randomUUID()}`;
    const statusAt = (index: number) => (index % 3 === 0 ? 'FAILED' : 'TIMED_OUT');
    const given = Array.from({ length: 14 }, (_, index) => {
      const ended = { status: statusAt(index), notify: 'machine' } as const;
      return givenExecution({ actionCount: 1, userId, now: new Date(BEGIN + index * DAY_MS), ended });
    });
    const made = await Promise.all(given);
    const day = (index: number) => new Date(BEGIN + index * DAY_MS).toISOString();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 16 }),
        fc.option(fc.constantFrom('FAILED' as const, 'TIMED_OUT' as const, 'RUNNING' as const), { nil: undefined }),
        fc.option(fc.integer({ min: -1, max: 15 }), { nil: undefined }),
        fc.option(fc.integer({ min: -1, max: 15 }), { nil: undefined }),
        async (limit, status, from, to) => {
          const query = {
            limit: String(limit),
            ...(status === undefined ? {} : { status }),
            ...(from === undefined ? {} : { from: day(from) }),
            ...(to === undefined ? {} : { to: day(to).slice(0, 10) }),
          };
          const expected = made.filter(
            (_, index) =>
              index >= (from ?? 0) && index < (to ?? 99) && (status === undefined || status === statusAt(index)),
          );
          const found = (await listAll(query, userId)).map(({ executionArn }) => executionArn);
          expect(found).to.deep.equal(expected.map(({ executionArn }) => executionArn).reverse());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lists the executions of one goal, and nothing of a goal that is not the user’s (rule 5)', async () => {
    const ended = { status: 'FAILED', notify: 'machine' } as const;
    const first = await givenExecution({ actionCount: 1, now: new Date(BEGIN), ended });
    const { goalId, userId } = first;
    await givenExecution({ actionCount: 1, userId });
    const again = await givenExecution({ goalId, now: new Date(BEGIN + DAY_MS) });
    const newestFirst = [again.executionArn, first.executionArn];
    expect((await listAll({ goalId, limit: '1' }, userId)).map((each) => each.executionArn)).to.deep.equal(newestFirst);
    // The last one fills the page.
    expect(await list({ goalId, limit: '2' }, userId)).to.include({ nextCursor: null });
    expect(await listAll({ goalId, status: 'RUNNING' }, userId)).to.have.length(1);
    expect(await list({ goalId }, 'someone else')).to.deep.equal({ items: [], nextCursor: null });
  });

  it('ends a page after ten queries, with a cursor to go on', async () => {
    const key = { ...place, sk: 'EXECUTION', userId: 'u' };
    const { asked, on } = answering((count) => ({ Items: [], ...(count > 10 ? {} : { LastEvaluatedKey: key }) }));
    const page = await list({ status: 'RUNNING' }, 'u', on);
    expect(asked).to.deep.equal([undefined, ...Array(9).fill(key)]);
    expect(page.items).to.deep.equal([]);
    await list({ status: 'RUNNING', cursor: page.nextCursor ?? '' }, 'u', on);
    expect(asked.slice(10)).to.deep.equal([key]);
  });

  it('asks nothing of the database for a range that is none', async () => {
    const { asked, on } = answering(() => ({}));
    for (const none of [{ from: '2026-02-01', to: '2026-01-01' }, { to: '0000-01-01' }])
      expect(await list(none, 'u', on)).to.deep.equal({ items: [], nextCursor: null });
    expect(asked).to.deep.equal([]);
  });

  it('shows zeros for an execution whose record has no counts yet', async () => {
    const { record, userId } = await givenExecution({ actionCount: 1 });
    const { savedActions: _saved, failedActions: _failed, taskCount: _tasks, ...uncounted } = record;
    const { on } = answering(() => ({ Items: [uncounted] }));
    const { items } = await list({}, userId, on);
    expect(items[0]).to.deep.include({
      savedActions: 0,
      failedActions: 0,
      taskCount: 0,
      cost: { aiCalls: 0, inputTokens: 0, outputTokens: 0, estimatedUsd: 0 },
    });
  });

  it('asks no further once the page is full, and goes on after the last execution that it shows', async () => {
    const { record, userId } = await givenExecution({ actionCount: 1 });
    const { asked, on } = answering(() => ({ Items: [record], LastEvaluatedKey: place }));
    const { nextCursor } = await list({ limit: '1' }, userId, on);
    await list({ limit: '1', cursor: nextCursor ?? '' }, userId, on);
    const { executionArn, startedAt } = record;
    expect(asked).to.deep.equal([undefined, { executionArn, sk: 'EXECUTION', userId, startedAt }]);
  });

  it('takes a cursor for the query that it was made for, however that is spelled, and for no other', async () => {
    const LastEvaluatedKey = { ...place, sk: 'EXECUTION', userId: 'whoever' };
    const { asked, on } = answering(() => ({ Items: [], LastEvaluatedKey }));
    const page = (query: ListQuery, userId = 'u') => list(query, userId, on);
    const query = { goalId: 'g', status: 'FAILED', from: '2026-01-31', to: '2026-02-01' } as const;
    const cursor = (await page(query)).nextCursor ?? '';
    asked.length = 0;
    await page({ ...query, from: '2026-01-31T09:00:00+09:00', limit: '3', cursor });
    expect(asked[0]).to.deep.equal({ ...place, sk: 'EXECUTION', goalId: 'g' });
    const { goalId: _goalId, ...ofAllGoals } = query;
    const changes = [{ goalId: 'h' }, { status: 'RUNNING' }, { from: '2026-01-30' }, { to: '2026-02-02' }] as const;
    for (const other of [...changes.map((change) => ({ ...query, ...change })), ofAllGoals, {}]) {
      const thrown = await failureOf(page({ ...other, cursor }));
      expect(thrown, JSON.stringify(other))
        .to.be.instanceOf(Problem)
        .with.deep.property('errors', [{ path: '/cursor', message: 'is not a cursor of this list' }]);
    }
    expect(await failureOf(page({ ...query, cursor }, 'v'))).to.be.instanceOf(Problem);
  });

  it('reaches from the first day that sorts as text to the last, and reads a day as its first moment in UTC, if a calendar has it', () => {
    const all = readFilters({}, 'u');
    expect(all).to.include({ first: '0000-01-01T00:00:00.000Z', last: '9999-12-31T23:59:59.999Z', limit: 25 });
    const range = readFilters({ from: '2026-02-01', to: '2026-02-02T09:00:00+09:00', limit: '7' }, 'u');
    expect(range).to.include({ first: '2026-02-01T00:00:00.000Z', last: '2026-02-01T23:59:59.999Z', limit: 7 });
    expect(readFilters({ from: '0000-01-01', to: '0000-01-01T00:00:00.001Z' }, 'u')).to.include({
      first: '0000-01-01T00:00:00.000Z',
      last: '0000-01-01T00:00:00.000Z',
    });
    expect(readFilters({ from: '9999-12-31T23:59:59.999Z' }, 'u').first).to.equal('9999-12-31T23:59:59.999Z');
    for (const [path, query] of [
      ['/from', { from: '2026-02-29' }],
      ['/to', { to: '2026-02-30T00:00:00Z' }],
      ['/to', { to: '9999-12-31T23:59:59-12:00' }],
      ['/from', { from: '0000-01-01T00:00:00+01:00' }],
    ] as const) {
      expect(() => readFilters(query, 'u'), JSON.stringify(query))
        .to.throw(Problem)
        .with.deep.property('errors', [{ path, message: 'must be a day of the calendar' }]);
    }
  });

  it("lists over HTTP the user's executions by the query, page by page, and refuses a query or a cursor that is none of theirs", async () => {
    const { executionArn, userId } = await givenExecution({ actionCount: 1, now: new Date(Date.now() - 1_000) });
    const second = await givenExecution({ actionCount: 1, userId });
    const get = (query: object, user = userId) =>
      httpEvent('GET /api/workflows', user, { queryStringParameters: query });
    const ask = async (...events: object[]) =>
      (await callHandlerInTurn('list-workflows', events, await databaseVariables(db))).outcomes.map(httpAnswer);
    const [all, none, first] = await ask(get({}), get({ status: 'FAILED' }), get({ limit: '1' }));
    expect(all).to.nested.include({ status: 200, 'body.items.length': 2, 'body.nextCursor': null });
    expect(all).to.nested.include({ 'body.items[1].executionArn': executionArn, 'body.items[0].cost.aiCalls': 0 });
    expect(none).to.nested.include({ status: 200, 'body.items.length': 0 });
    expect(first).to.nested.include({ 'body.items[0].executionArn': second.executionArn, 'body.items.length': 1 });
    const { nextCursor: cursor }: { nextCursor: string } = Object(first?.body);
    const strange = [get({ status: 'LOST' }), get({ cursor }, 'someone else'), get({ cursor, status: 'RUNNING' })];
    const [next, ...refused] = await ask(get({ cursor, limit: '2' }), ...strange);
    expect(next).to.nested.include({ 'body.items[0].executionArn': executionArn, 'body.nextCursor': null });
    for (const answer of refused) expect(answer).to.nested.include({ status: 422, 'body.code': 'invalid_request' });
  });
});
