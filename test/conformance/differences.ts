import { isDeepStrictEqual } from 'node:util';
import type { Observation } from './observe.ts';
import { CANCEL_REASON, type Plan } from './scenarios/scenario.ts';

/** Something that moto 5.2.5 does otherwise than AWS's documentation says. */
export interface KnownDifference {
  readonly what: string;
  /** Where AWS says what should be. */
  readonly aws: string;
  /** Where it is in moto. */
  readonly moto: string;
}

/** One that shows in what became of a run. */
export interface VisibleDifference extends KnownDifference {
  /** The run as it would be without the difference; undefined when it does not show in this one. */
  mend(observed: Observation, scenario: Plan): Observation | undefined;
}

const API = 'https://docs.aws.amazon.com/step-functions/latest/apireference';
const GUIDE = 'https://docs.aws.amazon.com/step-functions/latest/dg';
const MOTO = 'https://github.com/getmoto/moto/blob/5.2.5/moto/stepfunctions';
const ASL = `${MOTO}/parser/asl`;

const STOPPED = { status: 'ABORTED', error: 'ABORT', cause: CANCEL_REASON } as const;

/** The differences that show; whatever else is not the same on both engines is a failure. */
export const VISIBLE: readonly VisibleDifference[] = [
  {
    what: 'StopExecution forgets its error and cause',
    aws: `${API}/API_StopExecution.html#API_StopExecution_RequestSyntax`,
    moto: `${MOTO}/models.py (StateMachine.stop_execution)`,
    mend: (observed, { cancelIn }) => {
      const { status, error, cause } = observed.engine;
      const isSeen = cancelIn !== undefined && status === 'ABORTED' && error === undefined && cause === undefined;
      return isSeen ? { ...observed, engine: { ...observed.engine, ...STOPPED } } : undefined;
    },
  },
  {
    what: 'An execution that is stopped in a Map ends as FAILED: the end of the Map counts as an error of its own',
    aws: `${API}/API_StopExecution.html`,
    moto: `${ASL}/component/state/exec/state_map/iteration/iteration_worker.py (ProgramStopped) and ${ASL}/component/program/program.py (set_error)`,
    mend: (observed, { cancelIn }) => {
      const { engine, lastEvent, path } = observed;
      const isFailure = engine.status === 'FAILED' && lastEvent === 'ExecutionFailed';
      const isSeen = cancelIn !== undefined && isFailure && path.at(-1) === 'ProcessBatches';
      return isSeen ? { ...observed, engine: { ...engine, ...STOPPED }, lastEvent: 'ExecutionAborted' } : undefined;
    },
  },
  {
    what: 'An execution that is stopped goes on recording the calls that are under way, and is RUNNING until they are over',
    aws: `${API}/API_StopExecution.html (stopDate: the date the execution is stopped)`,
    moto: `${ASL}/eval/environment.py (set_stop) and ${ASL}/component/state/exec/execute_state.py (_evaluate_with_timeout)`,
    mend: (observed, { cancelIn }) => {
      if (cancelIn === undefined) return undefined;
      const open = Object.entries(observed.calls)
        .filter(([key]) => key.startsWith(cancelIn))
        .map(([key, calls]) => [key, calls.map((each) => each.replace(/(ok|PermanentError)$/, 'open'))]);
      const calls = { ...observed.calls, ...Object.fromEntries(open) };
      return isDeepStrictEqual(calls, observed.calls) ? undefined : { ...observed, calls };
    },
  },
  {
    what: 'DescribeExecution of an execution that timed out has no stopDate',
    aws: `${API}/API_DescribeExecution.html#API_DescribeExecution_ResponseSyntax`,
    moto: `${MOTO}/responses.py (describe_execution)`,
    mend: (observed) => {
      const isSeen = observed.engine.status === 'TIMED_OUT' && !observed.engine.hasStopDate;
      return isSeen ? { ...observed, engine: { ...observed.engine, hasStopDate: true } } : undefined;
    },
  },
  {
    what: 'The history of an execution that timed out does not say so while a call is under way',
    aws: `${API}/API_ExecutionTimedOutEventDetails.html`,
    moto: `${ASL}/component/program/program.py (eval, _eval_body)`,
    mend: (observed) => {
      const isSeen = observed.engine.status === 'TIMED_OUT' && observed.lastEvent === undefined;
      return isSeen ? { ...observed, lastEvent: 'ExecutionTimedOut' } : undefined;
    },
  },
];

/**
 * The differences that are kept from the definition and the Lambdas. engines.conformance.ts looks whether they are still there, but
 * for the last one, which shows now and then.
 */
export const WORKED_AROUND = {
  alias: {
    what: 'StartExecution does not know the alias of a state machine: it is started by its own ARN',
    aws: `${API}/API_StartExecution.html#API_StartExecution_RequestSyntax`,
    moto: `${MOTO}/models.py (describe_state_machine)`,
  },
  serviceError: {
    what: "Every error of Lambda's own is called Exception, not Lambda.<name>: it is passed on as if a function had thrown it",
    aws: `${GUIDE}/bp-lambda-serviceexception.html`,
    moto: `${ASL}/component/state/exec/state_task/state_task_lambda.py (_from_error)`,
  },
  retryCount: {
    what: 'Items of a Map that fail for the first time at the same moment may count their retries twice: one may be made too many, or wait too short',
    aws: `${GUIDE}/concepts-error-handling.html`,
    moto: `${ASL}/component/eval_component.py (heap_key: threads share the retrier, and each may make its key)`,
  },
} as const satisfies Readonly<Record<string, KnownDifference>>;

/** A run of the second engine without its known differences, and which of them it showed. */
export function mend(observation: Observation, plan: Plan): { observed: Observation; seen: VisibleDifference[] } {
  const seen: VisibleDifference[] = [];
  let observed = observation;
  for (const difference of VISIBLE) {
    const next = difference.mend(observed, plan);
    if (next === undefined) continue;
    seen.push(difference);
    observed = next;
  }
  return { observed, seen };
}
