import type { Edit, Mutant } from './mutant.ts';

/** Who removes a task does not look whether a person has changed it. */
const removesAnything: Edit = {
  file: 'core/src/goal/tasks',
  from: "'executionArn = :executionArn AND attribute_not_exists(changedAt)'",
  to: "'executionArn = :executionArn'",
};

/** What keeps a person's own change, and the counts of tasks, taken away one at a time. */
export const PERSONS: Readonly<Record<string, Mutant>> = {
  'a cancel removes what a person changes at that moment': {
    ...removesAnything,
    scenario: 'check-cancel',
    breaks: 'person-undone',
  },
  'a save replaces what a person changes at that moment': {
    ...removesAnything,
    scenario: 'again-check',
    breaks: 'person-undone',
  },
  'a cancel does not look after tasks that it does not see': {
    file: 'core/src/execution/cancel',
    from: 'own.length < taskCount ?',
    to: 'own.length < 0 ?',
    scenario: 'torn-save-cancel',
    breaks: 'cancelled-with-tasks',
  },
  'a cancel does not put back what was replaced': {
    file: 'core/src/execution/cancel',
    from: '.filter(({ taskId }) => !found.has(taskId))',
    to: '.filter(({ taskId }) => found.has(taskId))',
    scenario: 'again-cancel',
    breaks: 'task-counts',
  },
  'a cancel counts what it removes': {
    file: 'core/src/execution/cancel',
    from: 'taskCount: taskCount - untouched.length,',
    to: 'taskCount,',
    scenario: 'check-cancel',
    breaks: 'task-counts',
  },
  'a settlement does not count what was replaced': {
    file: 'core/src/execution/outcomes',
    from: 'sum + taskCount - replaced.length, 0)',
    to: 'sum + taskCount, 0)',
    scenario: 'again-check',
    breaks: 'task-counts',
  },
  'who begins to count does not look whether others have': {
    file: 'core/src/goal/task-counts',
    from: "'attribute_not_exists(taskCount) AND version = :version'",
    to: "'version = :version'",
    scenario: 'uncounted',
    breaks: 'task-counts',
  },
  "a person's change does not look whether another came before": {
    file: 'goals/src/change-task',
    from: "'version = :version';",
    to: "'attribute_exists(version)';",
    scenario: 'check-remove',
    breaks: 'task-counts',
  },
};
