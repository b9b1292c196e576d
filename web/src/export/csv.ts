import type { Messages } from '../i18n/en/en.ts';
import type { GoalWithTasks } from '../services.ts';
import { sectionsOf } from './sections.ts';

/**
 * Spreadsheets take a cell that begins with one of these for a formula, Japanese ones the full-width forms too. A quote in front makes
 * it text (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A cell in quotes (RFC 4180, section 2), safe from being run as a formula. */
function cellOf(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

/** Excel reads a file without it in the system's old encoding, which garbles Japanese. */
const BYTE_ORDER_MARK = '\ufeff';

/** The tasks of a goal as CSV (RFC 4180): a header, then a row a task, in the order of the page. */
export function csvOf(content: GoalWithTasks, t: Messages): string {
  const { columns } = t.exportFile;
  const rows = sectionsOf(content).flatMap(({ title, actions }) =>
    actions.flatMap(({ action, tasks }) =>
      tasks.map((task) => [
        title ?? '',
        action.title,
        task.title,
        task.description,
        t.actionType[task.type],
        task.estimatedMinutes,
        t.taskStatus[task.status],
      ]),
    ),
  );
  return BYTE_ORDER_MARK + [columns, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}
