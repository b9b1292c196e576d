import { LAMBDA_ERRORS, THROTTLED } from '../../support/lambda-errors.ts';

/** A retrier of a state: which errors, and how many attempts after the first. Waits are left out: any order of calls is tried. */
export interface Retrier {
  readonly errors: readonly string[];
  readonly attempts: number;
}

export type State =
  | {
      readonly type: 'Task';
      /** The Lambda that it calls, or the topic that it publishes to. */
      readonly calls: string;
      readonly retry: readonly Retrier[];
      /** Where any error leads to; undefined: the execution fails. */
      readonly catch?: string;
      /** Undefined: the machine, or the branch of a Map, ends. */
      readonly next?: string;
    }
  | {
      readonly type: 'Map';
      readonly startAt: string;
      readonly states: States;
      readonly catch?: string;
      readonly next?: string;
    }
  | { readonly type: 'Choice'; readonly next: Readonly<Record<string, string>>; readonly otherwise: string }
  | { readonly type: 'Pass' | 'Succeed' }
  | { readonly type: 'Fail'; readonly error: string };

export type States = Readonly<Record<string, State>>;

const PASSING = ['TransientError', 'States.Timeout', ...LAMBDA_ERRORS];

const STANDARD: readonly Retrier[] = [
  { errors: ['TransientError', 'States.Timeout', THROTTLED, ...LAMBDA_ERRORS], attempts: 4 },
];
const OF_AN_ACTION: readonly Retrier[] = [
  { errors: [THROTTLED], attempts: 23 },
  { errors: PASSING, attempts: 3 },
];
const NOTIFY: readonly Retrier[] = [{ errors: ['States.ALL'], attempts: 5 }];

const step = (calls: string, next?: string) => {
  const end = next === undefined ? {} : { next };
  return { type: 'Task', calls, retry: STANDARD, catch: 'HandleError', ...end } as const;
};
const notify = (calls: string, next: string) => ({ type: 'Task', calls, retry: NOTIFY, next }) as const;

/**
 * The state machine as the explorer knows it, written down once more by hand: machine.test.ts compares it with the
 * deployed definition, so that whoever changes the one looks at the other.
 */
export const STATES: States = {
  ValidateInput: step('validate-input', 'GetActions'),
  GetActions: step('get-actions', 'CreateBatches'),
  CreateBatches: step('create-batches', 'ProcessBatches'),
  ProcessBatches: {
    type: 'Map',
    startAt: 'ProcessActions',
    states: {
      ProcessActions: {
        type: 'Map',
        startAt: 'GenerateTasks',
        states: {
          GenerateTasks: {
            type: 'Task',
            calls: 'generate-tasks',
            retry: OF_AN_ACTION,
            catch: 'ActionFailed',
            next: 'SaveTasks',
          },
          SaveTasks: { type: 'Task', calls: 'save-tasks', retry: OF_AN_ACTION, catch: 'ActionFailed' },
          ActionFailed: { type: 'Task', calls: 'update-progress', retry: STANDARD, catch: 'ActionUnrecorded' },
          ActionUnrecorded: { type: 'Pass' },
        },
        next: 'UpdateProgress',
      },
      UpdateProgress: { type: 'Task', calls: 'update-progress', retry: STANDARD, catch: 'ProgressUnknown' },
      ProgressUnknown: { type: 'Pass' },
    },
    catch: 'HandleError',
    next: 'AggregateResults',
  },
  AggregateResults: step('aggregate-results', 'UpdateGoalStatus'),
  UpdateGoalStatus: step('update-goal-status', 'ByOutcome'),
  ByOutcome: {
    type: 'Choice',
    next: {
      SUCCEED: 'Succeeded',
      NOTIFY_PARTIAL: 'NotifyPartial',
      ESCALATE_PARTIAL: 'EscalatePartial',
      NOTIFY_FAILURE: 'NotifyFailure',
    },
    otherwise: 'AlreadySettled',
  },
  NotifyPartial: notify('notices', 'Succeeded'),
  EscalatePartial: notify('alerts', 'Succeeded'),
  Succeeded: { type: 'Succeed' },
  HandleError: { type: 'Task', calls: 'handle-error', retry: STANDARD, next: 'ByOutcome' },
  NotifyFailure: notify('alerts', 'Failed'),
  AlreadySettled: { type: 'Fail', error: 'AlreadySettled' },
  Failed: { type: 'Fail', error: 'WorkflowFailed' },
};

export const START_AT = 'ValidateInput';
