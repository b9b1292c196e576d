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
      { key: 'Letters', does: 'replace the text' },
      { key: 'Enter, F2', does: 'edit the text; Enter again moves on' },
      { key: 'Tab, Shift+Tab', does: 'next or previous cell' },
      { key: 'Arrow keys, Home, End', does: 'move through the chart' },
      { key: 'Esc', does: 'restore the text; press again, then Tab leaves the chart' },
      { key: 'Ctrl+Z, Ctrl+Y', does: 'undo, redo' },
      { key: 'Alt+H', does: 'switch between habit and once' },
      { key: 'Shift+F2', does: 'add a description' },
      { key: 'Ctrl+V', does: 'paste a table or list' },
    ],
    subGoals: 'Sub-goals',
    blocks: 'Parts of the chart',
    block: (name: string, count: number) => `${name}, ${number(count)} of 8`,
    chosen: (name: string) => `Selected cell: ${name}`,
    type: 'Type',
    description: 'Description of this action (optional)',
    preview: 'What was recognized',
    list: 'A list of actions',
    named: (titles: readonly string[], more: number) =>
      `${titles.join(' · ')}${more > 0 ? ` and ${number(more)} more` : ''}`,
    unknownColumns: (names: readonly string[]) =>
      `${names.length === 1 ? 'This column is' : 'These columns are'} not used: ${names.join(' · ')}`,
    unknownTypes: (count: number) =>
      `${plural(count, 'action has', 'actions have')} a type other than “habit” or “once” and will be set to once.`,
  },
  timelineRows: {
    label: 'Actions of this run',
    span: (from: string, to: string, duration: string) => `${from} – ${to}, ${duration}`,
    details: 'Details: the steps of the workflow',
    sort: 'Sort by',
    sorts: { order: 'Order', duration: 'Duration', state: 'Result' },
    kinds: { asking: 'Asking AI', failed: 'Failed attempt', saving: 'Saving' },
    attempts: (count: number) => plural(count, 'attempt'),
    neverBegan: 'Nothing was recorded for this action.',
    removed: 'Removed action',
    /** By the class of the error. */
    errors: {
      TransientError: 'temporary failure',
      PermanentError: 'permanent failure',
      'States.Timeout': 'did not answer in time',
      ABORT: 'cancelled',
    },
    failed: (error: string) => `failed: ${error}`,
  },
  templateDialog: {
    title: 'Start from a template',
    intro: 'A complete chart: eight sub-goals with eight actions each. You can change anything afterwards.',
    names: {
      marathon: 'Run your first marathon',
      exam: 'Pass an exam',
      business: 'Start a small business',
    },
    replaces: 'This replaces your goal, its description, and your chart. “Undo” brings them back.',
    apply: 'Use this template',
    replace: 'Replace what I wrote',
  },
};
