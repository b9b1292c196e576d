import { number, plural } from './count.ts';

export const entry = {
  editor: {
    toolbar: 'Chart tools',
    undo: 'Undo',
    redo: 'Redo',
    undone: 'Undone.',
    redone: 'Done again.',
    templates: 'Templates',
    leaving: 'Press Tab to leave the chart.',
    howToLeave: 'Press Escape, then Tab to leave the chart.',
    keyboard: 'Keyboard',
    keys: [
      { key: 'Letters', does: 'write, in place of what is there' },
      { key: 'Enter, F2', does: 'edit what is there; Enter again goes on' },
      { key: 'Tab, Shift+Tab', does: 'next or previous cell to write' },
      { key: 'Arrow keys, Home, End', does: 'move through the chart' },
      { key: 'Esc', does: 'restores the text; pressed again, Tab leaves the chart' },
      { key: 'Ctrl+Z, Ctrl+Y', does: 'undo, redo' },
      { key: 'Alt+H', does: 'habit or once' },
      { key: 'Shift+F2', does: 'describe the action' },
      { key: 'Ctrl+V', does: 'paste a table or list' },
    ],
    subGoals: 'Sub-goals',
    blocks: 'Parts of the chart',
    block: (name: string, count: number) => `${name}, ${number(count)} of 8`,
    chosen: (name: string) => `Chosen cell: ${name}`,
    type: 'Type',
    description: 'Description of this action (optional)',
    preview: 'What was understood',
    list: 'A list of actions',
    named: (titles: readonly string[], more: number) =>
      `${titles.join(' · ')}${more > 0 ? ` and ${number(more)} more` : ''}`,
    unknownColumns: (names: readonly string[]) =>
      `${names.length === 1 ? 'This column is' : 'These columns are'} not used: ${names.join(' · ')}`,
    unknownTypes: (count: number) =>
      `${plural(count, 'action has', 'actions have')} a type other than “habit” or “once” and will be done once.`,
  },
  timelineRows: {
    label: 'Actions of this run',
    span: (from: string, to: string, duration: string) => `${from} – ${to}, ${duration}`,
    details: 'Details: the steps of the workflow',
    sort: 'Sort by',
    sorts: { order: 'Order', duration: 'Duration', state: 'Result' },
    kinds: { asking: 'Asking the AI', failed: 'Failed attempt', saving: 'Saving' },
    attempts: (count: number) => plural(count, 'attempt'),
    neverBegan: 'Nothing was recorded of this action.',
    removed: 'An action that has been removed',
    /** By the class of the error. */
    errors: {
      TransientError: 'failed for now',
      PermanentError: 'failed for good',
      'States.Timeout': 'did not answer in time',
      ABORT: 'cancelled',
    },
    failed: (error: string) => `failed: ${error}`,
  },
  templateDialog: {
    title: 'Start from a template',
    intro: 'A complete chart: eight sub-goals with eight actions each. Change whatever you like afterwards.',
    names: {
      marathon: 'Run a first marathon',
      exam: 'Pass an exam',
      business: 'Start a small business',
    },
    replaces: 'This replaces the goal, its description and the chart that you have written. “Undo” brings them back.',
    apply: 'Use this template',
    replace: 'Replace what I wrote',
  },
};
