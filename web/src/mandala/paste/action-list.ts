import type { ActionType } from '@goal-activity/client/types.ts';
import type { FilledBlock } from '../draft.ts';
import { PER_BLOCK } from '../layout.ts';

type Column = 'subGoal' | 'action' | 'type' | 'description';

/** In the order that they have without a head. */
const COLUMNS: readonly Column[] = ['subGoal', 'action', 'type', 'description'];

/** What a column is called, in either language. */
const HEADS: Readonly<Record<Column, RegExp>> = {
  subGoal: /^(?:sub[- ]?goals?|groups?|themes?|(?:サブ|小|中)目標|テーマ|分類)$/i,
  action: /^(?:actions?|titles?|行動|アクション|やること|タイトル)$/i,
  type: /^(?:types?|kinds?|種類|種別|タイプ|区分)$/i,
  description: /^(?:descriptions?|notes?|details?|説明|詳細|メモ|備考|補足)$/i,
};

const TYPES: Readonly<Record<ActionType, RegExp>> = {
  habit: /^(?:habits?|習慣|daily|weekly|毎日|毎週)$/i,
  execution: /^(?:once|execution|one[- ]off|[11一]回(?:のみ|だけ)?|一度(?:だけ)?|単発|実行)$/i,
};

const typeOf = (text: string): ActionType | undefined =>
  TYPES.habit.test(text) ? 'habit' : TYPES.execution.test(text) ? 'execution' : undefined;

/** The columns that a head names; undefined when the row is none. */
function columnsOf(row: readonly string[]): (Column | undefined)[] | undefined {
  const columns = row.map((cell) => COLUMNS.find((column) => HEADS[column].test(cell)));
  const known = columns.filter((column) => column !== undefined);
  return columns.includes('action') && known.length >= 2 && new Set(known).size === known.length ? columns : undefined;
}

export interface ActionList {
  readonly blocks: readonly FilledBlock[];
  /** Heads of columns that are none of the four. */
  readonly unknownColumns: readonly string[];
  /** How many words for the type are none that is known; such an action is done once. */
  readonly unknownTypes: number;
}

const hasTypes = (rows: readonly (readonly string[])[]) => {
  const texts = rows.flatMap((row) => row[2] || []);
  return texts.length > 0 && texts.every((text) => typeOf(text) !== undefined);
};

/**
 * Whether rows are sub-goal, action, type and description: by their head, or by types in the third column, or since the
 * first column names a sub-goal again, or leaves it out, as where a spreadsheet has joined cells.
 */
export function isActionList(rows: readonly (readonly string[])[]): boolean {
  const [first = []] = rows;
  if (columnsOf(first) !== undefined) return true;
  if (first.length < 2 || first.length > COLUMNS.length) return false;
  const names = rows.map(([name = '']) => name);
  return (
    hasTypes(rows) || (names[0] !== '' && names.some((name, at) => at > 0 && (name === '' || name === names[at - 1])))
  );
}

/** Without a head, a third column that has no types has descriptions if it is the last. */
const columnsWithoutHead = (rows: readonly (readonly string[])[]): readonly Column[] =>
  rows[0]?.length === 3 && !hasTypes(rows) ? ['subGoal', 'action', 'description'] : COLUMNS;

/**
 * Reads rows of sub-goal, action, type and description; with a head the columns are in any order. A row without a
 * sub-goal belongs to the one above. More than 8 actions go on in another block.
 */
export function readActionList(rows: readonly (readonly string[])[]): ActionList {
  const head = columnsOf(rows[0] ?? []);
  const columns = head ?? columnsWithoutHead(rows);
  const bySubGoal = new Map<string, FilledBlock['actions'][number][]>();
  let subGoal = '';
  let unknownTypes = 0;
  for (const row of head === undefined ? rows : rows.slice(1)) {
    const cell = (column: Column) => row[columns.indexOf(column)] ?? '';
    subGoal = cell('subGoal') || subGoal;
    const actions = bySubGoal.get(subGoal) ?? [];
    bySubGoal.set(subGoal, actions);
    const type = typeOf(cell('type'));
    if (type === undefined && cell('type') !== '') unknownTypes += 1;
    if (cell('action') === '') continue;
    actions.push({ title: cell('action'), type: type ?? 'execution', description: cell('description') });
  }
  return {
    blocks: [...bySubGoal]
      .filter(([title, actions]) => title !== '' || actions.length > 0)
      .flatMap(([title, actions]) =>
        Array.from({ length: Math.max(1, Math.ceil(actions.length / PER_BLOCK)) }, (_, part) => ({
          title,
          actions: actions.slice(part * PER_BLOCK, (part + 1) * PER_BLOCK),
        })),
      ),
    unknownColumns:
      head === undefined ? [] : (rows[0] ?? []).filter((name, at) => name !== '' && head[at] === undefined),
    unknownTypes,
  };
}
