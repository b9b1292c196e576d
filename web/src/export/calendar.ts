import type { Task } from '@goal-activity/client/types.ts';
import type { Formats } from '../format.ts';
import type { Messages } from '../i18n/en/en.ts';
import type { GoalWithTasks } from '../services.ts';
import { sectionsOf } from './sections.ts';

/** Of RFC 5545, section 3.1: without the line end, in octets of UTF-8. */
const LINE_LIMIT = 75;

/** Folds a line between characters; a line that goes on begins with a space, which counts. */
function fold(line: string): string {
  const encoder = new TextEncoder();
  let size = 0;
  return Array.from(line, (character) => {
    const octets = encoder.encode(character).length;
    const isTooLong = size + octets > LINE_LIMIT;
    size = isTooLong ? 1 + octets : size + octets;
    return isTooLong ? `\r\n ${character}` : character;
  }).join('');
}

/** A value of type TEXT (RFC 5545, section 3.3.11). */
const escaped = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replace(/\r\n?|\n/g, '\\n');

/** A value of type DATE, from `YYYY-MM-DD`. */
const dateOf = (day: string): string => day.replaceAll('-', '');

/** A value of type DATE-TIME in UTC. */
const timeOf = (moment: Date): string => moment.toISOString().replace(/[-:]|\.\d+/g, '');

/** The day of a moment, here, as `YYYY-MM-DD`. */
const dayOf = (moment: Date): string =>
  [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');

interface CalendarEvent {
  /** The same with each export, so that a calendar replaces what it has instead of adding to it. */
  readonly id: string;
  readonly day: string;
  readonly summary: string;
  readonly description: string;
  readonly rule?: string;
}

/** An event of a whole day; nobody is busy for it. Without an end it lasts the one day (section 3.6.1). */
function eventOf({ id, day, summary, description, rule }: CalendarEvent, now: Date): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${id}@goal-activity`,
    `DTSTAMP:${timeOf(now)}`,
    `DTSTART;VALUE=DATE:${dateOf(day)}`,
    ...(rule === undefined ? [] : [`RRULE:${rule}`]),
    `SUMMARY:${escaped(summary)}`,
    ...(description === '' ? [] : [`DESCRIPTION:${escaped(description)}`]),
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/**
 * The deadline of a goal as an event of a whole day, and each action with habits that are not done as a daily one until then; a
 * habit for each of 256 tasks would bury a calendar. Tasks that are done once are left out: as to-dos, Google Calendar and Apple’s
 * pass over them, and some calendars refuse the whole file for them (https://github.com/pimutils/vdirsyncer/pull/592,
 * https://github.com/libasys/calendarplus/issues/184).
 * @returns undefined when there is nothing for a calendar
 */
export function calendarOf(content: GoalWithTasks, t: Messages, format: Formats, now: Date): string | undefined {
  const { goalId, title, description, deadline } = content.goal;
  const today = dayOf(now);
  const rule = `FREQ=DAILY${deadline === null || deadline < today ? '' : `;UNTIL=${dateOf(deadline)}`}`;
  const lineOf = (task: Task) => `- ${task.title} (${t.goal.minutes(format.duration(task.estimatedMinutes * 60))})`;
  const habits = sectionsOf(content).flatMap(({ actions }) =>
    actions.flatMap(({ action, tasks }): CalendarEvent[] => {
      const open = tasks.filter(({ type, status }) => type === 'habit' && status !== 'done');
      if (open.length === 0) return [];
      const lines = [...open.map(lineOf), '', title].join('\n');
      return [
        { id: `habit-${goalId}-${action.actionId}`, day: today, summary: action.title, description: lines, rule },
      ];
    }),
  );
  const events = [
    ...(deadline === null
      ? []
      : [{ id: `deadline-${goalId}`, day: deadline, summary: t.exportFile.deadline(title), description }]),
    ...habits,
  ];
  if (events.length === 0) return undefined;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Goal Activity//Goal Activity//EN',
    'CALSCALE:GREGORIAN',
    ...events.flatMap((event) => eventOf(event, now)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}
