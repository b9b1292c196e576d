import type { Action, Goal, Task } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import fc from 'fast-check';
import { createFormats } from '../format.ts';
import { en } from '../i18n/en/en.ts';
import { calendarOf } from './calendar.ts';
import { csvOf } from './csv.ts';
import { fileNameOf } from './download.ts';
import { markdownOf } from './markdown.ts';

const format = createFormats('en');
const NOW = new Date('2026-03-01T12:00:00.123Z');

const action = (position: number, subGoal: string | null, title: string): Action => ({
  actionId: `a${position}`,
  position,
  subGoal,
  title,
  description: '',
  type: 'execution',
});
const task = (actionId: string, values: Partial<Task> = {}): Task => ({
  taskId: `${actionId}#1-0`,
  actionId,
  title: 'Walk',
  description: '',
  type: 'execution',
  estimatedMinutes: 15,
  status: 'not_started',
  executionArn: 'arn',
  version: 1,
  changedAt: null,
  ...values,
});
const goal: Goal = {
  goalId: 'g1',
  title: 'Run, at last',
  description: '',
  deadline: null,
  status: 'active',
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  executionArn: 'arn',
  taskCount: 0,
  doneTaskCount: 0,
  actions: [action(1, null, 'Eat'), action(0, 'Base', 'Run')],
};

describe('the CSV of a goal', () => {
  it('has a row a task in the order of the page, and a header', () => {
    const tasks = [
      task('a1', { title: 'Cook' }),
      task('a0', { status: 'done', type: 'habit', description: 'One\n"two"' }),
    ];
    const lines = csvOf({ goal, tasks }, en).split('\r\n');
    expect(lines).to.deep.equal([
      '\ufeff"Sub-goal","Action","Task","Description","How often","Minutes","Status"',
      '"Base","Run","Walk","One\n""two""","Habit",15,"Done"',
      '"","Eat","Cook","","Once",15,"To do"',
      '',
    ]);
  });

  it('keeps whatever was written in its cell, and lets no cell be a formula', () => {
    const anything = fc.string({ unit: 'grapheme', minLength: 1 });
    const text = fc.oneof(
      anything,
      anything.map((rest) => `=${rest}`),
      fc.constantFrom('+1', '-1', '@x', '\t=1', '＝1', '"'),
    );
    fc.assert(
      fc.property(text, text, (title, description) => {
        const csv = csvOf({ goal, tasks: [task('a0', { title, description })] }, en).slice(1);
        const cells = [...csv.matchAll(/(?:"((?:[^"]|"")*)"|(\d+))(,|\r\n)/g)].slice(7);
        const values = cells.map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
        expect(cells.map(([all]) => all).join('')).to.equal(csv.slice(csv.indexOf('\r\n') + 2));
        expect(values.slice(2, 4).map((value) => value.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, ''))).to.deep.equal([
          title,
          description,
        ]);
        for (const value of values) expect(value).not.to.match(/^[=+\-@\t\r\n＝＋－＠]/);
      }),
    );
  });
});

describe('the Markdown of a goal', () => {
  it('is a text with task lists, by sub-goal and action', () => {
    const tasks = [task('a0', { status: 'done', description: 'Slowly.\n\nBreathe.' }), task('a1', { type: 'habit' })];
    expect(markdownOf({ goal: { ...goal, deadline: '2026-05-01', description: 'Why' }, tasks }, en, format)).to.equal(
      `# Run, at last

Why

By May 1, 2026

## Base

### Run

- [x] Walk (about 15 min, Once)
  Slowly.
  Breathe.

## Sub-goal 2

### Eat

- [ ] Walk (about 15 min, Habit)
`,
    );
  });

  it('shows markup of a person as it was written', () => {
    const title = '1. [x] *a* <b> `c` _d_ #e';
    const text = markdownOf(
      { goal: { ...goal, title, description: '# Not a heading\n- no item', actions: [] }, tasks: [] },
      en,
      format,
    );
    expect(text).to.equal('# 1\\. \\[x\\] \\*a\\* \\<b\\> \\`c\\` \\_d\\_ #e\n\n\\# Not a heading\\\n\\- no item\n');
  });
});

/** The lines of a calendar, unfolded. */
const linesOf = (calendar: string | undefined): string[] => (calendar ?? '').replaceAll('\r\n ', '').split('\r\n');

describe('the calendar of a goal', () => {
  const habits = [
    task('a0', { type: 'habit', title: 'Jog' }),
    task('a0', { type: 'habit', title: 'Stretch' }),
    task('a0', { type: 'habit', status: 'done' }),
    task('a1'),
  ];

  it('has the deadline as a whole day, and a daily event until then for an action with open habits', () => {
    const content = { goal: { ...goal, deadline: '2026-05-01', description: 'Why' }, tasks: habits };
    expect(linesOf(calendarOf(content, en, format, NOW))).to.deep.equal([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Goal Activity//Goal Activity//EN',
      'CALSCALE:GREGORIAN',
      'BEGIN:VEVENT',
      'UID:deadline-g1@goal-activity',
      'DTSTAMP:20260301T120000Z',
      'DTSTART;VALUE=DATE:20260501',
      'SUMMARY:Deadline: Run\\, at last',
      'DESCRIPTION:Why',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:habit-g1-a0@goal-activity',
      'DTSTAMP:20260301T120000Z',
      'DTSTART;VALUE=DATE:20260301',
      'RRULE:FREQ=DAILY;UNTIL=20260501',
      'SUMMARY:Run',
      'DESCRIPTION:- Jog (about 15 min)\\n- Stretch (about 15 min)\\n\\nRun\\, at last',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it('goes on without an end when there is no deadline, or it is over; there is none without both', () => {
    for (const deadline of [null, '2026-02-28']) {
      const lines = linesOf(calendarOf({ goal: { ...goal, deadline }, tasks: habits }, en, format, NOW));
      expect(lines.filter((line) => line.startsWith('RRULE'))).to.deep.equal(['RRULE:FREQ=DAILY']);
    }
    expect(calendarOf({ goal, tasks: [task('a1')] }, en, format, NOW)).to.equal(undefined);
  });

  it('has no line of more than 75 octets, cuts no character, and keeps whatever was written', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ';', ',', '\\', '\n', 'ñ', '目', '🏃', ' '),
      maxLength: 300,
      size: 'max',
    });
    fc.assert(
      fc.property(text, (description) => {
        const calendar =
          calendarOf({ goal: { ...goal, deadline: '2026-05-01', description }, tasks: [] }, en, format, NOW) ?? '';
        for (const line of calendar.split('\r\n')) expect(Buffer.byteLength(line)).to.be.at.most(75);
        expect(Buffer.from(calendar).toString()).to.equal(calendar);
        const value =
          linesOf(calendar)
            .find((line) => line.startsWith('DESCRIPTION:'))
            ?.slice(12) ?? '';
        expect(value.replace(/\\(.)/g, (_, next: string) => (next === 'n' ? '\n' : next))).to.equal(description);
      }),
    );
  });
});

describe('the name of a file', () => {
  it('is the title as far as file systems take it', () => {
    const names = ['フルマラソンを完走する', 'a/b: c?\u202e', '...', ' .hidden. ', '🏃'.repeat(60)].map((title) =>
      fileNameOf(title, 'md'),
    );
    expect(names).to.deep.equal([
      'フルマラソンを完走する.md',
      'a b c.md',
      'goal.md',
      'hidden.md',
      `${'🏃'.repeat(50)}.md`,
    ]);
  });
});
