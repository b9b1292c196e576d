import { actions, number, tasks } from './count.ts';

/** What people do with their tasks and goals. */
export const use = {
  taskStatus: { not_started: 'To do', done: 'Done' },
  task: {
    progress: (done: number, total: number) => `${number(done)} of ${tasks(total)} done`,
    add: 'Add a task',
    addTo: (action: string) => `Add a task to “${action}”`,
    addTitle: 'New task',
    added: (title: string) => `“${title}” was added.`,
    editTitle: 'Edit task',
    editOne: (title: string) => `Edit the task “${title}”`,
    saved: 'Task saved.',
    remove: 'Remove',
    removeOne: (title: string) => `Remove the task “${title}”`,
    removed: (title: string) => `“${title}” was removed.`,
    notRemoved: 'This task could not be removed.',
    notSaved: 'This change could not be saved.',
    undo: 'Undo',
    undoRemoval: (title: string) => `Undo: bring back “${title}”`,
    title: 'Task',
    minutes: 'Minutes',
    badMinutes: 'Please enter a whole number from 1 to 1,440.',
    type: 'How often',
    elsewhere: (text: string) => `Saved elsewhere: ${text}`,
  },
  again: {
    short: 'Make these again',
    button: (action: string) => `Make these again: tasks of “${action}”`,
    title: 'Make these tasks again?',
    asks: (action: string) => `AI writes new tasks for “${action}”.`,
    replaces: (count: number) =>
      count === 0
        ? 'The new tasks are added to yours.'
        : `They replace ${tasks(count)} once they are ready. If it fails, nothing is replaced.`,
    keeps: (count: number) =>
      count === 0
        ? 'Tasks you change, check off, or add yourself are never replaced.'
        : `${tasks(count)} you changed, checked off, or added ${count === 1 ? 'is' : 'are'} kept.`,
    confirm: 'Make again',
  },
  today: {
    intro: 'Your habits, and the quickest tasks from all your goals.',
    done: (count: number) => `${tasks(count)} done. Nice work.`,
    next: 'Show what is next',
    habits: { title: 'Habits', hint: 'Keep them up.' },
    tasks: { title: 'Quick tasks', hint: 'One-time tasks, shortest first.' },
    empty: 'Nothing to do',
    emptyHint: 'All tasks are done, or your goals have no tasks yet.',
    toGoals: 'View goals',
  },
  exportFile: {
    columns: ['Sub-goal', 'Action', 'Task', 'Description', 'How often', 'Minutes', 'Status'],
    deadline: (title: string) => `Deadline: ${title}`,
  },
  exportDialog: {
    button: 'Export',
    title: 'Export this goal',
    kind: 'File type',
    kinds: {
      csv: 'A table of all tasks, for a spreadsheet.',
      markdown: 'The goal as text, with tasks to check off.',
      calendar: 'The deadline, and your habits every day until then, for a calendar.',
    },
    noCalendar: 'This goal has no deadline and no open habits.',
    confirm: 'Download',
    saved: (name: string) => `${name} was downloaded.`,
  },
  editGoal: {
    button: 'Edit goal',
    kept: 'Kept in this tab until you save it.',
    giveUp: 'Discard these changes',
    title: 'Edit goal',
    intro: 'An action keeps its tasks, even when you change its text.',
    saved: 'Goal saved.',
    removeTitle: (count: number) => `Remove ${actions(count)}?`,
    removes: (count: number, taskCount: number) =>
      taskCount === 0
        ? `You removed ${actions(count)}.`
        : `You removed ${actions(count)}. ${tasks(taskCount)} ${taskCount === 1 ? 'goes' : 'go'} with ${count === 1 ? 'it' : 'them'}.`,
    isFinal: 'You cannot undo this.',
    confirm: 'Save and remove',
  },
  deleteGoal: {
    button: 'Delete goal',
    title: (title: string) => `Delete “${title}”?`,
    removes: (actionCount: number, taskCount: number) =>
      `This removes the goal, its ${actions(actionCount)}, and ${tasks(taskCount)}, including those you added or checked off.`,
    keeps: 'Its runs stay in your history for 90 days.',
    isFinal: 'You cannot undo this.',
    confirm: 'Delete goal',
    deleting: 'Deleting …',
    deleted: (title: string) => `“${title}” was deleted.`,
  },
};
