import { PermanentError } from '../errors.ts';
import { MODEL_ACCESS } from '../execution/advice.ts';
import type { ExecutionRow, OutcomeRow, Settlement } from '../types.ts';
import type { Readers } from './readers.ts';

/** A message about an execution; `kind` tells one from another. */
type Notification = NonNullable<Settlement['notification']>;

/** From this many actions that used up their retries, operations are told, not only informed (requirement 8: "several"). */
const ESCALATE_FROM = 3;
const LISTED_FAILURES = 10;

/** An action failed although retrying was allowed: the AI or the platform is ill, not the action. */
export const outOfRetries = ({ outcome, error }: OutcomeRow) =>
  outcome === 'FAILED' && error !== undefined && !['PermanentError', 'ValidationError'].includes(error);

/** The page of an execution in the AWS console. */
function consoleLink(executionArn: string): string {
  const region = executionArn.split(':')[3] ?? '';
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

/** A text in each language of readers. */
type Worded = Readonly<Record<Readers['language'], string>>;

interface News {
  readonly kind: Notification['kind'];
  readonly headline: Worded;
  /** The heading of docs/operations.md that says what to do, and the anchor in docs/ja/operations.md. */
  readonly anchor: string;
}

/** What people are told, by the status of the execution. */
const NEWS_OF_STATUS: Readonly<Partial<Record<ExecutionRow['status'], News>>> = {
  PARTIALLY_SUCCEEDED: {
    kind: 'partial',
    headline: { en: 'some actions failed', ja: '一部の行動が失敗しました' },
    anchor: 'some-actions-failed',
  },
  FAILED: {
    kind: 'failure',
    headline: { en: 'an execution failed', ja: '実行が失敗しました' },
    anchor: 'execution-failed',
  },
  TIMED_OUT: {
    kind: 'timeout',
    headline: {
      en: 'HIGH PRIORITY: an execution timed out',
      ja: '優先度HIGH：実行がタイムアウトしました',
    },
    anchor: 'execution-timed-out',
  },
  ABORTED: {
    kind: 'aborted',
    headline: { en: 'an execution was aborted', ja: '実行が中断されました' },
    anchor: 'execution-aborted',
  },
};
const ESCALATION: News = {
  kind: 'escalation',
  headline: {
    en: 'ESCALATED: some actions failed',
    ja: 'ESCALATED：一部の行動が失敗しました',
  },
  anchor: 'several-actions-out-of-retries',
};
/** Everything that a message can be about. */
export const NEWS: readonly News[] = [...Object.values(NEWS_OF_STATUS), ESCALATION];

function newsOf(status: ExecutionRow['status'], outcomes: readonly OutcomeRow[]): News {
  const news = NEWS_OF_STATUS[status];
  if (news === undefined) throw new PermanentError(`Nobody is told of an execution that is ${status}`);
  const escalated = status === 'PARTIALLY_SUCCEEDED' && outcomes.filter(outOfRetries).length >= ESCALATE_FROM;
  return escalated ? ESCALATION : news;
}

const errorOf = ({ error = 'Error', reason = '' }: OutcomeRow) => ({ error, reason });

/** How many failed and of what most of them died, in one line: what a person woken at night wants to know first. */
function failureLine(outcomes: readonly OutcomeRow[], failures: readonly OutcomeRow[]): Worded {
  const byError = Map.groupBy(failures.map(errorOf), ({ error }) => error);
  const [error, alike] = [...byError].reduce((most, next) => (next[1].length > most[1].length ? next : most));
  const reason = alike[0]?.reason ?? '';
  return {
    en: `${failures.length} of ${outcomes.length} actions failed; commonest: ${error} (${alike.length}): ${reason}`,
    ja: `行動${outcomes.length}個のうち${failures.length}個が失敗。最多：${error}（${alike.length}個）：${reason}`,
  };
}

/** What became of the actions. The summary is English, as the API gives it; the counts say the same. */
function summaryLine({ summary = 'none', totalActions, savedActions = 0, taskCount = 0 }: ExecutionRow): Worded {
  return {
    en: `Summary: ${summary}`,
    ja: `行動${totalActions}個のうち${savedActions}個を保存、タスク${taskCount}個。`,
  };
}

/** The failed actions, of which the first are listed, and what helps with them. */
function failureLines(failures: readonly OutcomeRow[], runbookUrl: string): readonly Worded[] {
  const { length } = failures;
  if (length === 0) return [];
  const more = length - LISTED_FAILURES;
  return [
    { en: `Failed actions (${length}):`, ja: `失敗した行動（${length}個）：` },
    ...failures.slice(0, LISTED_FAILURES).map((failure) => {
      const { error, reason } = errorOf(failure);
      const line = `  #${failure.position + 1} ${failure.actionId}: ${error}: ${reason}`;
      return { en: line, ja: line };
    }),
    ...(more > 0 ? [{ en: `  and ${more} more`, ja: `  ほか${more}個` }] : []),
    ...(failures.some(({ reason = '' }) => MODEL_ACCESS.test(reason))
      ? [
          {
            en: `The model refuses access; make check-model says what is missing: ${runbookUrl}#model-access`,
            ja: `モデルへのアクセスが拒否されました。make check-modelが足りないものを示します：${runbookUrl}#model-access`,
          },
        ]
      : []),
  ];
}

/** Which execution it is, when it ran, and what ended it. */
function executionLines(record: ExecutionRow): readonly Worded[] {
  const { goalId, executionArn, startedAt, stoppedAt, error, cause } = record;
  return [
    { en: `Goal: ${goalId}`, ja: `目標：${goalId}` },
    { en: `Execution: ${executionArn}`, ja: `実行：${executionArn}` },
    {
      en: `Started ${startedAt}, ended ${stoppedAt ?? 'not yet'}.`,
      ja: `開始：${startedAt}、終了：${stoppedAt ?? '未終了'}`,
    },
    ...(error === undefined
      ? []
      : [
          {
            en: `Error: ${error}: ${cause ?? 'no cause given'}`,
            ja: `エラー：${error}：${cause ?? '原因は不明'}`,
          },
        ]),
  ];
}

/**
 * The message about an ended execution, for a person woken at night. Its subject is English in every language: the API reference of
 * Publish takes UTF-8, older pages of AWS only ASCII of at most 100 characters, and a refused subject would lose the message.
 * @throws PermanentError for a status that nobody is told of
 */
export function composeNotification(
  record: ExecutionRow,
  outcomes: readonly OutcomeRow[],
  { language, runbookUrl }: Readers,
): Notification {
  const failures = outcomes.filter(({ outcome }) => outcome === 'FAILED');
  const { kind, headline, anchor } = newsOf(record.status, outcomes);
  const link = consoleLink(record.executionArn);
  const lines: readonly Worded[] = [
    ...(failures.length === 0 ? [] : [failureLine(outcomes, failures)]),
    { en: `What happened: ${headline.en} (${record.status}).`, ja: `${headline.ja}（${record.status}）。` },
    summaryLine(record),
    ...executionLines(record),
    ...failureLines(failures, runbookUrl),
    {
      en: 'What was saved is kept; the failed actions can be started again.',
      ja: '保存済みのタスクは残ります。失敗した行動は再試行できます。',
    },
    { en: `Console: ${link}`, ja: `コンソール：${link}` },
    { en: `Runbook: ${runbookUrl}#${anchor}`, ja: `手順書：${runbookUrl}#${anchor}` },
  ];
  const message = lines.map((line) => line[language]).join('\n');
  return { subject: `[goal-activity] ${headline.en}`, message, kind };
}

const NEXT_STATE: Readonly<Partial<Record<Notification['kind'], Settlement['next']>>> = {
  partial: 'NOTIFY_PARTIAL',
  escalation: 'ESCALATE_PARTIAL',
};

/**
 * What the state machine has to do after a settlement; a repeated call gives the same answer.
 * @param readOutcomes asked only when there is something to tell
 */
export async function settlementOf(
  record: ExecutionRow,
  readOutcomes: () => Promise<readonly OutcomeRow[]>,
  readers: Readers,
): Promise<Settlement> {
  const { executionArn, status } = record;
  if (status === 'SUCCEEDED') return { executionArn, status, next: 'SUCCEED' };
  if (record.notify !== 'machine') return { executionArn, status, next: 'NONE' };
  const notification = composeNotification(record, await readOutcomes(), readers);
  return { executionArn, status, next: NEXT_STATE[notification.kind] ?? 'NOTIFY_FAILURE', notification };
}
