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
    TIMED_OUT: 'Out of time',
    ABORTED: 'Stopped',
  },
  retryDialog: {
    title: (count: number) => `Try ${actions(count)} again?`,
    asks: (count: number) => `The AI is asked again, only about the ${actions(count)} without tasks.`,
    keeps: 'Tasks that you have already stay as they are.',
    confirm: 'Retry',
  },
  cancelDialog: {
    title: 'Cancel this run?',
    removes: (count: number) =>
      count === 0
        ? 'No tasks have been saved by this run so far; any that arrive in the meantime are removed.'
        : `The ${tasks(count)} that this run has made so far ${count === 1 ? 'is' : 'are'} removed.`,
    keeps: 'Your goal, its actions, tasks from earlier runs, and tasks that you changed stay.',
    cost: 'What the AI has cost so far is not given back.',
    confirm: 'Cancel the run',
    goOn: 'Keep running',
    cancelling: 'Cancelling …',
  },
  run: {
    title: 'Run',
    progress: 'Progress',
    goToGoal: 'See the tasks',
    backToGoal: 'Back to the goal',
    processed: (processed: number, total: number) => `${number(processed)} of ${actions(total)}`,
    remaining: (duration: string) => `about ${duration} left`,
    elapsed: (duration: string) => `running for ${duration}`,
    finishing: 'Finishing',
    /** @param attempt of the slow ones, the highest */
    held: (slow: number, attempt: number, retried: number) =>
      [
        ...(slow > 0 ? [`${plural(slow, 'action is', 'actions are')} slow${attemptOf(slow, attempt)}.`] : []),
        ...(retried > 0 ? [`${plural(retried, 'action is', 'actions are')} being tried again.`] : []),
      ].join(' '),
    advice: {
      slower_than_usual: {
        running: 'This run is much slower than usual. It goes on by itself.',
        ended: 'This run was much slower than usual. Its tasks are not affected.',
      },
    },
    cancel: 'Cancel run',
    canLeave: 'You can close this page. The run goes on, and its tasks will be here.',
    chart: 'Actions of this goal',
    chartHint: 'Choose a cell to see its action. Arrow keys move.',
    legend: 'Legend',
    nothingSelected: 'Choose a cell to see its action.',
    cost: 'Cost of the AI',
    calls: 'Calls',
    tokensIn: 'Tokens in',
    tokensOut: 'Tokens out',
    money: 'Money',
    moneyNote: 'Estimated from the tokens of all answers of the AI, refused ones too.',
    took: 'Duration',
    started: 'Started',
    failedTitle: (count: number) => `${actions(count)} without tasks`,
    failedIntro: 'You can change the text of an action before you try again. The others stay as they are.',
    technical: 'Technical details',
    runs: 'Runs of this goal',
    result(status: ExecutionState, saved: number, total: number, taskCount: number) {
      const got = `${number(saved)} of ${actions(total)} ready, ${tasks(taskCount)} added.`;
      const results: Readonly<Record<ExecutionState, { what: string; next: string }>> = {
        SUCCEEDED: { what: 'All done', next: `${tasks(taskCount)} for ${actions(total)} are waiting for you.` },
        PARTIALLY_SUCCEEDED: { what: saved * 2 > total ? 'Almost everything worked' : 'Some of it worked', next: got },
        TIMED_OUT: { what: 'The run took too long and was stopped', next: got },
        ABORTED: {
          what: 'Stopped before it was done',
          next:
            saved > 0 ? `${got} They stay, and you can retry the rest.` : 'Nothing had been saved yet. You can retry.',
        },
        FAILED:
          saved > 0
            ? { what: 'The run broke off', next: `${got} They stay, and you can retry the rest.` }
            : { what: 'No tasks could be made', next: 'What went wrong is below. You can try again.' },
        RUNNING: { what: 'Making your tasks', next: '' },
      };
      return results[status];
    },
    /** @param taskCount tasks of the run that are left */
    cancelled: (taskCount: number) => ({
      what: 'Cancelled',
      next:
        taskCount === 0
          ? 'No tasks of this run are left. You can start again.'
          : `${tasks(taskCount)} that you had changed ${taskCount === 1 ? 'is' : 'are'} still there; the others were removed.`,
    }),
    announce: (percentage: number, processed: number, total: number) =>
      `${percentage}%: ${number(processed)} of ${actions(total)} processed`,
    announceFailed: (count: number) => `${actions(count)} failed so far`,
  },
  phase: {
    waiting: 'Waiting',
    generating: 'Generating',
    saved: 'Saved',
    failed: 'Failed',
    cancelled: 'Cancelled',
    earlier: 'Ready from an earlier run',
    idle: 'No tasks yet',
  },
  history: {
    intro: 'Every run of the last 90 days, newest first.',
    filters: 'Filters',
    allGoals: 'All goals',
    status: 'Status',
    allStatuses: 'Any status',
    from: 'From',
    to: 'Until',
    reset: 'Reset filters',
    empty: 'No runs yet. Start the activity of a goal, and it shows up here.',
    emptyFiltered: 'No runs match these filters.',
    table: 'Runs',
    goalGone: 'A goal',
    saved: (saved: number, total: number) => `${number(saved)} of ${number(total)} saved`,
    failed: (count: number) => `${number(count)} failed`,
    running: 'running',
    badRange: 'The first day is after the last one.',
  },
  timeline: {
    title: 'Timeline',
    intro: 'What became of each action, and when.',
    start: 'Starts after',
    times: 'Times',
    count: (count: number) => `${number(count)}×`,
    summary: (steps: number, duration: string) =>
      `Timeline of ${plural(steps, 'step')} over ${duration}. The table below has the same data.`,
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
      CreateBatches: 'Form batches',
      ProcessBatches: 'Work through the batches',
      ProcessActions: 'Work on the actions',
      GenerateTasks: 'Ask the AI',
      SaveTasks: 'Save the tasks',
      ActionFailed: 'Note a failed action',
      ActionUnrecorded: 'Failure to be noted later',
      UpdateProgress: 'Update the progress',
      ProgressUnknown: 'Progress not updated',
      AggregateResults: 'Add up the results',
      UpdateGoalStatus: 'Update the goal',
      ByOutcome: 'Decide by the outcome',
      NotifyPartial: 'Notify: partly completed',
      EscalatePartial: 'Notify: many failed',
      NotifyFailure: 'Notify: failed',
      HandleError: 'Handle an error',
      Succeeded: 'Completed',
      AlreadySettled: 'Settled already',
      Failed: 'Failed',
      Ended: 'End',
    },
  },
  failure: {
    accessDenied: {
      what: 'The AI refused access.',
      next: 'Access has to be set up first. Please contact your administrator.',
    },
    quotaExhausted: { what: 'The AI’s quota for today is used up.', next: 'Try again tomorrow.' },
    throttled: { what: 'The AI was too busy, even after several attempts.', next: 'Try again in a few minutes.' },
    timedOut: {
      what: 'The AI took too long to answer.',
      next: 'Try again; a shorter, clearer action often helps.',
    },
    batchTimeOver: {
      what: 'No usable answer came before the time for this action was over.',
      next: 'Try again; a shorter, clearer action often helps.',
    },
    invalidAnswer: {
      what: 'The AI’s answer could not be used, even after several attempts.',
      next: 'Reword the action so that it says clearly what to do, then try again.',
    },
    aiUnavailable: { what: 'The AI could not be reached.', next: 'Try again in a few minutes.' },
    notSaved: { what: 'The tasks were made but could not be saved.', next: 'Try again.' },
    runEnded: { what: 'The run ended before this action was done.', next: 'Try again.' },
    stopped: { what: 'The run was stopped before this action was done.', next: 'Try again.' },
    cancelled: { what: 'The run was cancelled before this action was done.', next: 'Start again when you like.' },
    timeLimit: { what: 'The run reached its time limit before this action was done.', next: 'Try again.' },
    notStarted: {
      what: 'The run could not begin.',
      next: 'Try again. If it happens twice, contact your administrator.',
    },
    notPermitted: {
      what: 'The service lacks a permission that it needs.',
      next: 'It has to be set up first. Please contact your administrator.',
    },
    notSetUp: {
      what: 'The AI model is not set up for this service.',
      next: 'It has to be set up first. Please contact your administrator.',
    },
    stepTimedOut: { what: 'A step did not answer in time, even after several attempts.', next: 'Try again.' },
    stepFailed: { what: 'A step of the run failed.', next: 'Try again in a few minutes.' },
    serviceBusy: { what: 'The service was too busy to work on this action.', next: 'Try again in a few minutes.' },
    passing: { what: 'Something did not answer, even after several attempts.', next: 'Try again in a few minutes.' },
    refused: { what: 'This action was refused.', next: 'The technical details say more.' },
    unknown: { what: 'Something went wrong with this action.', next: 'Try again; the technical details say more.' },
  },
};
