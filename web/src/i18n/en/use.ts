import { actions, number, tasks } from './count.ts';

/** What people do with their tasks and goals. */
export const use = {
  taskStatus: { not_started: 'To do', done: 'Done' },
  task: {
    progress: (done: number, total: number) => `${number(done)} of ${tasks(total)} done`,
    add: 'Add a task',
    addTo: (action: string) => `Add a task to “${action}”`,
    addTitle: 'New task',
    added: (title: string) => `“${title}” has been added.`,
    editTitle: 'Edit task',
    editOne: (title: string) => `Edit the task “${title}”`,
    saved: 'The task has been saved.',
    remove: 'Remove',
    removeOne: (title: string) => `Remove the task “${title}”`,
    removed: (title: string) => `“${title}” has been removed.`,
    notRemoved: 'This task could not be removed.',
    notSaved: 'This change could not be saved.',
    undo: 'Undo',
    undoRemoval: (title: string) => `Undo: bring back “${title}”`,
    title: 'Task',
    minutes: 'Minutes',
    badMinutes: 'Please write a whole number from 1 to 1,440.',
    type: 'How often',
    elsewhere: (text: string) => `Saved elsewhere: ${text}`,
  },
  again: {
    short: 'Make these again',
    button: (action: string) => `Make these again: tasks of “${action}”`,
    title: 'Make these tasks again?',
    asks: (action: string) => `The AI is asked once more about “${action}”.`,
    replaces: (count: number) =>
      count === 0
        ? 'Its new tasks are added to yours.'
        : `Its new tasks take the place of ${tasks(count)}. Until then, and if it fails, ${count === 1 ? 'that one stays' : 'those stay'}.`,
    keeps: (count: number) =>
      count === 0
        ? 'Tasks that you change, check off or add yourself are never replaced.'
        : `${tasks(count)} that you changed, checked off or added ${count === 1 ? 'stays' : 'stay'}.`,
    confirm: 'Make again',
  },
  today: {
    intro: 'Your habits, and the quickest tasks of all your goals.',
    done: (count: number) => `${tasks(count)} done. Well done.`,
    next: 'Show what is next',
    habits: { title: 'Habits', hint: 'To be kept up.' },
    tasks: { title: 'Quick to do', hint: 'Once, the shortest first.' },
    empty: 'Nothing to do',
    emptyHint: 'Every task is done, or your goals have no tasks yet.',
    toGoals: 'To your goals',
  },
  exportFile: {
    columns: ['Sub-goal', 'Action', 'Task', 'Description', 'How often', 'Minutes', 'Status'],
    deadline: (title: string) => `Deadline: ${title}`,
  },
  exportDialog: {
    button: 'Export',
    title: 'Export this goal',
    kind: 'Kind of file',
    kinds: {
      csv: 'A table of all tasks, for a spreadsheet.',
      markdown: 'The goal as a text, with tasks to check off.',
      calendar: 'The deadline, and your habits every day until then, for a calendar.',
    },
    noCalendar: 'This goal has no deadline and no open habits.',
    confirm: 'Download',
    saved: (name: string) => `${name} has been downloaded.`,
  },
  editGoal: {
    button: 'Edit goal',
    kept: 'Kept in this tab until you save it.',
    giveUp: 'Discard these changes',
    title: 'Edit goal',
    intro: 'An action keeps its tasks, even when you change its text.',
    saved: 'The goal has been saved.',
    removeTitle: (count: number) => `Remove ${actions(count)}?`,
    removes: (count: number, taskCount: number) =>
      taskCount === 0
        ? `You took out ${actions(count)}.`
        : `You took out ${actions(count)}. ${tasks(taskCount)} ${taskCount === 1 ? 'goes' : 'go'} with ${count === 1 ? 'it' : 'them'}.`,
    isFinal: 'This cannot be undone.',
    confirm: 'Save and remove',
  },
  deleteGoal: {
    button: 'Delete goal',
    title: (title: string) => `Delete “${title}”?`,
    removes: (actionCount: number, taskCount: number) =>
      `The goal, its ${actions(actionCount)} and ${tasks(taskCount)} are removed, those that you added or checked off too.`,
    keeps: 'What its runs did stays in your history for 90 days.',
    isFinal: 'This cannot be undone.',
    confirm: 'Delete the goal',
    deleting: 'Deleting …',
    deleted: (title: string) => `“${title}” has been deleted.`,
  },
};
