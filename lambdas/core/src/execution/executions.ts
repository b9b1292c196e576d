import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '../aws/boundary.ts';
import { type Database, updateIf } from '../aws/database.ts';
import { actionKey } from '../goal/rows.ts';
import { NO_PACE, type Pace } from '../pace/pace.ts';
import type { ExecutionRow, GoalStatus, OutcomeRow } from '../types.ts';
import * as validators from '../validators.generated.js';
import { type ActionEnd, changeOutcome, isPending } from './outcomes.ts';
import { EXECUTION, ExecutionRows, type Row } from './records.ts';

/** Runs once per execution, in the call that settled it, with the rows as they are then. Must not throw: the settlement stands. */
export type OnEnded = (record: ExecutionRow, outcomes: readonly OutcomeRow[], goalStatus?: GoalStatus) => Promise<void>;

const recordOf = (row: Row | undefined): ExecutionRow | undefined =>
  row && parse(validators.executionRow, row, 'An execution row');
const outcomeOf = (row: Row): OutcomeRow => parse(validators.outcomeRow, row, 'An outcome row');

/** The rows of executions, checked: their records and the outcomes of their actions. The caller checks the owner (rule 5). */
export class Executions extends ExecutionRows {
  readonly onEnded: OnEnded;
  readonly pace: Pace;

  /**
   * @param options the clock, unless it is the system's; what follows a settlement, unless nothing does; the pace of the
   * stage, unless it does not matter
   */
  constructor(
    db: Database,
    options: { readonly now?: () => Date; readonly onEnded?: OnEnded; readonly pace?: Pace } = {},
  ) {
    super(db, options.now);
    this.pace = options.pace ?? NO_PACE;
    this.onEnded = options.onEnded ?? (async () => undefined);
  }

  async #row(executionArn: string, sk: string): Promise<Row | undefined> {
    const Key = { executionArn, sk };
    const command = new GetCommand({ TableName: this.db.executions, Key, ConsistentRead: true });
    return (await this.db.client.send(command)).Item;
  }

  /** Reads the record, consistently; undefined when there is none. */
  async get(executionArn: string): Promise<ExecutionRow | undefined> {
    return recordOf(await this.#row(executionArn, EXECUTION));
  }

  /** Reads one outcome, consistently. */
  async outcome(executionArn: string, position: number): Promise<OutcomeRow | undefined> {
    const row = await this.#row(executionArn, actionKey(position));
    return row && outcomeOf(row);
  }

  /**
   * Reads the outcomes in order of position, consistently: counts come from here, never from memory (rule 6). At most 64
   * rows of about 1 KB, so one page.
   */
  async outcomes(executionArn: string): Promise<OutcomeRow[]> {
    const { Items = [] } = await this.db.client.send(
      new QueryCommand({
        TableName: this.db.executions,
        KeyConditionExpression: 'executionArn = :executionArn AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':executionArn': executionArn, ':prefix': 'ACTION#' },
        ConsistentRead: true,
      }),
    );
    return Items.map(outcomeOf);
  }

  /** The same, checked. */
  async read(executionArn: string): Promise<{ record: ExecutionRow | undefined; outcomes: OutcomeRow[] }> {
    const { record, outcomes } = await this.readRows(executionArn);
    return { record: recordOf(record), outcomes: outcomes.map(outcomeOf) };
  }

  /** Ends an action if it still is pending. @returns false when it had ended before, in whatever way */
  endOutcome(executionArn: string, position: number, end: ActionEnd): Promise<boolean> {
    const failure =
      end.outcome === 'FAILED' ? { error: end.error.slice(0, 100), reason: end.reason.slice(0, 300) } : {};
    const set = { outcome: end.outcome, updatedAt: this.now().toISOString(), ...failure };
    return updateIf(this.db, changeOutcome(this.db.executions, { executionArn, position }, 'PENDING', set));
  }

  /**
   * Ends every action that still is pending, so that a save that comes late is refused (rule 2).
   * @param outcomes as they were read
   * @returns the outcomes as they are then
   */
  async endPending(
    executionArn: string,
    outcomes: OutcomeRow[],
    endOf: (row: OutcomeRow) => ActionEnd,
  ): Promise<OutcomeRow[]> {
    const pending = outcomes.filter(isPending);
    if (pending.length === 0) return outcomes;
    await Promise.all(pending.map((row) => this.endOutcome(executionArn, row.position, endOf(row))));
    return this.outcomes(executionArn);
  }
}
