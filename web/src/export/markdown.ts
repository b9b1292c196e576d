import type { Task } from '@goal-activity/client/types.ts';
import type { Formats } from '../format.ts';
import type { Messages } from '../i18n/en/en.ts';
import type { GoalWithTasks } from '../services.ts';
import { sectionsOf } from './sections.ts';

/** What would be markup: CommonMark takes a backslash before it for the character itself (section 2.4). */
const MARKUP = /[\\`*_[\]<>~|&]/g;
/** What is markup at the beginning of a line alone: headings, lists, numbers, rules, fences. */
const LINE_MARKUP = /^(\s*)([#+\-=]|\d+(?=[.)]))/;

/** One line of a person's text, shown as it was written. */
function lineOf(text: string): string {
  return text
    .replace(MARKUP, '\\$&')
    .replace(LINE_MARKUP, (_, space: string, mark: string) =>
      /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
    );
}

const linesOf = (text: string): string[] =>
  text
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '')
    .map(lineOf);

/** A goal and its tasks as Markdown with task lists (GitHub Flavored Markdown, section 5.3). */
export function markdownOf(content: GoalWithTasks, t: Messages, format: Formats): string {
  const { goal } = content;
  const itemOf = (task: Task): string[] => {
    const facts = [t.goal.minutes(format.duration(task.estimatedMinutes * 60)), t.actionType[task.type]];
    return [
      `- [${task.status === 'done' ? 'x' : ' '}] ${lineOf(task.title)} (${facts.join(', ')})`,
      ...linesOf(task.description).map((line) => `  ${line}`),
    ];
  };
  const paragraphs = [
    `# ${lineOf(goal.title)}`,
    linesOf(goal.description).join('\\\n'),
    goal.deadline === null ? '' : t.goals.deadline(format.day(goal.deadline)),
    ...sectionsOf(content).flatMap(({ title, actions }, index) => [
      `## ${lineOf(title ?? t.common.untitledSubGoal(index + 1))}`,
      ...actions.flatMap(({ action, tasks }) => [
        `### ${lineOf(action.title)}`,
        linesOf(action.description).join('\\\n'),
        tasks.flatMap(itemOf).join('\n'),
      ]),
    ]),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}
