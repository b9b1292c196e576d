import type { Mutant } from './mutant.ts';

const anyVersion = "'(version = :version OR version <> :version)'";

/** What keeps edits and deletions of goals from undoing each other, and what others do, taken away one at a time. */
export const GOALS: Readonly<Record<string, Mutant>> = {
  'a change of a goal does not look whether it was changed': {
    file: 'goals/src/change-goal',
    from: "'version = :version'",
    to: anyVersion,
    scenario: 'two-edits',
    breaks: 'unread-change-undone',
  },
  'a deletion does not look whether the goal was started': {
    file: 'goals/src/removal/delete-goal',
    from: "'version = :version'",
    to: anyVersion,
    scenario: 'start-delete',
    bounds: { everything: false },
    breaks: 'deleted-while-it-runs',
  },
  'a deletion says that it is over before it is': {
    file: 'goals/src/removal/deletion',
    from: 'await Promise.all([db.tasks, db.goals].map((table) => removeRows(db, table, goalId)));',
    to: '',
    scenario: 'delete-dies',
    breaks: 'left-of-goal',
  },
  'a change of a goal forgets whose tasks it has removed': {
    file: 'goals/src/removal/removed-actions',
    from: 'actionIds.length === 0',
    to: 'actionIds.length >= 0',
    scenario: 'edit-dies',
    breaks: 'task-without-action',
  },
  'the tasks of a removed action are counted for as often as they are looked at': {
    file: 'goals/src/removal/removed-actions',
    from: "ConditionExpression: '#status = :status'",
    to: "ConditionExpression: 'attribute_not_exists(nothing) OR #status = :status'",
    scenario: 'two-edits',
    breaks: 'task-counts',
  },
  'the lost edit: a goal is read together with its actions, which may be those of an earlier version': {
    file: 'goals/src/goals',
    from: 'const goal = await ownGoal(db, goalId, userId);\n  const [actions, counts] = await Promise.all([listActions(db, goalId), readCounts(db, goal)]);',
    to: 'const [goal, actions] = await Promise.all([ownGoal(db, goalId, userId), listActions(db, goalId)]);\n  const counts = await readCounts(db, goal);',
    scenario: 'two-edits',
    breaks: '200-without-edit',
  },
};
