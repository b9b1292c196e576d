import type { ExecutionState } from '@goal-activity/client/types.ts';
import { actions, number, plural, tasks } from './count.ts';

/** An action has 4 attempts: the contract's highest `attempt`. */
const attemptOf = (slow: number, attempt: number) =>
  attempt > 1 ? `, ${slow === 1 ? '' : 'up to '}attempt ${attempt} of 4` : '';

export const run = {
  runStatus: {
    RUNNING: 'Running',
    SUCCEEDED: 'Completed',
    PARTIALLY_SUCCEEDED: 'Partly completed',
    FAILED: 'Failed',
    TIMED_OUT: 'Timed out',
    ABORTED: 'Stopped',
  },
  retryDialog: {
    title: (count: number) => `Retry ${actions(count)}?`,
    asks: (count: number) => `AI tries again for the ${actions(count)} without tasks.`,
    keeps: 'Tasks you already have stay as they are.',
    confirm: 'Retry',
  },
  cancelDialog: {
    title: 'Cancel this run?',
    removes: (count: number) =>
      count === 0
        ? 'This run has not saved any tasks yet. Tasks that arrive in the meantime are removed.'
        : `The ${tasks(count)} this run has created so far ${count === 1 ? 'is' : 'are'} removed.`,
    keeps: 'Your goal, its actions, tasks from earlier runs, and tasks you changed are kept.',
    cost: 'AI costs so far are not refunded.',
    confirm: 'Cancel run',
    goOn: 'Keep running',
    cancelling: 'Cancelling …',
  },
  run: {
    title: 'Run',
    progress: 'Progress',
    goToGoal: 'View tasks',
    backToGoal: 'Back to the goal',
    processed: (processed: number, total: number) => `${number(processed)} of ${actions(total)}`,
    remaining: (duration: string) => `about ${duration} left`,
    elapsed: (duration: string) => `running for ${duration}`,
    finishing: 'Finishing',
    /** @param attempt of the slow ones, the highest */
    held: (slow: number, attempt: number, retried: number) =>
      [
        ...(slow > 0 ? [`${plural(slow, 'action is', 'actions are')} slow${attemptOf(slow, attempt)}.`] : []),
        ...(retried > 0 ? [`${plural(retried, 'action is', 'actions are')} being retried.`] : []),
      ].join(' '),
    advice: {
      slower_than_usual: {
        running: 'This run is much slower than usual. You do not need to do anything.',
        ended: 'This run was much slower than usual. Its tasks are not affected.',
      },
    },
    cancel: 'Cancel run',
    canLeave: 'You can close this page. The run continues, and your tasks will be here.',
    chart: 'Actions of this goal',
    chartHint: 'Select a cell to see its action. Use the arrow keys to move.',
    legend: 'Legend',
    nothingSelected: 'Select a cell to see its action.',
    cost: 'AI usage',
    calls: 'AI calls',
    tokensIn: 'Input tokens',
    tokensOut: 'Output tokens',
    money: 'Cost',
    moneyNote: 'Estimated from the tokens of every AI answer, including rejected ones.',
    took: 'Duration',
    started: 'Started',
    failedTitle: (count: number) => `${actions(count)} without tasks`,
    failedIntro: 'You can edit an action before you retry. The other actions stay as they are.',
    technical: 'Technical details',
    runs: 'Runs of this goal',
    result(status: ExecutionState, saved: number, total: number, taskCount: number) {
      const got = `${number(saved)} of ${actions(total)} ready, ${tasks(taskCount)} added.`;
      const results: Readonly<Record<ExecutionState, { what: string; next: string }>> = {
        SUCCEEDED: {
          what: 'All done',
          next: `${tasks(taskCount)} for ${actions(total)} ${taskCount === 1 ? 'is' : 'are'} ready.`,
        },
        PARTIALLY_SUCCEEDED: { what: saved * 2 > total ? 'Almost everything worked' : 'Some of it worked', next: got },
        TIMED_OUT: { what: 'Stopped because it took too long', next: got },
        ABORTED: {
          what: 'Stopped before it was done',
          next:
            saved > 0
              ? `${got} They are kept, and you can retry the rest.`
              : 'Nothing was saved before that. You can retry.',
        },
        FAILED:
          saved > 0
            ? { what: 'The run broke off', next: `${got} They are kept, and you can retry the rest.` }
            : { what: 'No tasks could be created', next: 'See below for what went wrong.' },
        RUNNING: { what: 'Creating your tasks', next: '' },
      };
      return results[status];
    },
    /** @param taskCount tasks of the run that are left */
    cancelled: (taskCount: number) => ({
      what: 'Cancelled',
      next:
        taskCount === 0
          ? 'The tasks from this run were removed. You can start again.'
          : `${tasks(taskCount)} you changed ${taskCount === 1 ? 'is' : 'are'} kept. The others were removed.`,
    }),
    announce: (percentage: number, processed: number, total: number) =>
      `${percentage}%: ${number(processed)} of ${actions(total)} done`,
    announceFailed: (count: number) => `${actions(count)} failed so far`,
  },
  phase: {
    waiting: 'Waiting',
    generating: 'Creating tasks',
    saved: 'Ready',
    failed: 'Failed',
    cancelled: 'Cancelled',
    earlier: 'Ready from an earlier run',
    idle: 'No tasks yet',
  },
  history: {
    intro: 'All runs from the last 90 days, newest first.',
    filters: 'Filters',
    allGoals: 'All goals',
    status: 'Status',
    allStatuses: 'Any status',
    from: 'From',
    to: 'Until',
    reset: 'Reset filters',
    empty: 'No runs yet. When you create tasks for a goal, the run appears here.',
    emptyFiltered: 'No runs match these filters.',
    table: 'Runs',
    goalGone: 'An older or deleted goal',
    saved: (saved: number, total: number) => `${number(saved)} of ${number(total)} ready`,
    failed: (count: number) => `${number(count)} failed`,
    running: 'running',
    badRange: 'The start date is after the end date.',
  },
  timeline: {
    title: 'Timeline',
    intro: 'What happened to each action, and when.',
    start: 'Starts after',
    times: 'Times',
    count: (count: number) => `${number(count)}×`,
    summary: (steps: number, duration: string) =>
      `Timeline of ${plural(steps, 'step')} over ${duration}. The table below shows the same data.`,
    table: 'Steps as a table',
    events: (count: number) => plural(count, 'event'),
    kind: { state: 'Step', attempt: 'Attempt', failure: 'Failure', end: 'End' },
    at: 'Time',
    what: 'What',
    attempt: (position: number) => `attempt ${position}`,
    unavailable: 'The timeline of this run is not available.',
    states: {
      ValidateInput: 'Check the goal',
      GetActions: 'Read the actions',
      CreateBatches: 'Split into batches',
      ProcessBatches: 'Work through the batches',
      ProcessActions: 'Work on the actions',
      GenerateTasks: 'Ask AI',
      SaveTasks: 'Save the tasks',
      ActionFailed: 'Record a failed action',
      ActionUnrecorded: 'Failure recorded later',
      UpdateProgress: 'Update the progress',
      ProgressUnknown: 'Progress not updated',
      AggregateResults: 'Summarize the results',
      UpdateGoalStatus: 'Update the goal',
      ByOutcome: 'Check the outcome',
      NotifyPartial: 'Notify: partly completed',
      EscalatePartial: 'Notify: many failed',
      NotifyFailure: 'Notify: failed',
      HandleError: 'Handle an error',
      Succeeded: 'Completed',
      AlreadySettled: 'Already recorded',
      Failed: 'Failed',
      Ended: 'End',
    },
  },
  failure: {
    accessDenied: {
      what: 'AI access is not set up.',
      next: 'Please contact your administrator.',
    },
    quotaExhausted: { what: 'Today’s AI quota is used up.', next: 'Please try again tomorrow.' },
    throttled: { what: 'AI was too busy, even after several attempts.', next: 'Please try again in a few minutes.' },
    timedOut: {
      what: 'AI took too long to answer.',
      next: 'Please try again. A shorter, clearer action often helps.',
    },
    batchTimeOver: {
      what: 'AI gave no usable answer within the time limit.',
      next: 'Please try again. A shorter, clearer action often helps.',
    },
    invalidAnswer: {
      what: 'AI gave no usable answer, even after several attempts.',
      next: 'Describe more clearly what to do, then try again.',
    },
    aiUnavailable: { what: 'AI could not be reached.', next: 'Please try again in a few minutes.' },
    notSaved: { what: 'The tasks were created but could not be saved.', next: 'Please try again.' },
    runEnded: { what: 'The run ended before this action was done.', next: 'Please try again.' },
    stopped: { what: 'The run was stopped before this action was done.', next: 'Please try again.' },
    cancelled: { what: 'The run was cancelled before this action was done.', next: 'You can start again at any time.' },
    timeLimit: { what: 'The run reached its time limit before this action was done.', next: 'Please try again.' },
    notStarted: {
      what: 'The run could not start.',
      next: 'Please try again. If it happens again, contact your administrator.',
    },
    notPermitted: { what: 'The service is missing a permission.', next: 'Please contact your administrator.' },
    notSetUp: { what: 'The AI model is not set up.', next: 'Please contact your administrator.' },
    stepTimedOut: { what: 'A step did not answer in time, even after several attempts.', next: 'Please try again.' },
    stepFailed: { what: 'A step of the run failed.', next: 'Please try again in a few minutes.' },
    serviceBusy: {
      what: 'The service was too busy to work on this action.',
      next: 'Please try again in a few minutes.',
    },
    passing: {
      what: 'Something did not answer, even after several attempts.',
      next: 'Please try again in a few minutes.',
    },
    refused: { what: 'This action was refused.', next: 'The technical details say more.' },
    unknown: {
      what: 'Something went wrong with this action.',
      next: 'Please try again. The technical details say more.',
    },
  },
};
