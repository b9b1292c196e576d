import { expect } from 'chai';
import { allStates, parseDefinition } from '../../../local/aws/step-functions/engine/definition.ts';
import { compare, type Difference } from '../../../scripts/replay/compare.ts';
import { toEvents } from '../../../scripts/replay/history-file.ts';
import { play } from '../../../scripts/replay/play.ts';
import { readRecording } from '../../../scripts/replay/recording.ts';
import { brokenDefinitions } from '../../conformance/broken.ts';
import { type Plan, record, stateMachine } from './record.ts';

const { definition, arn: stateMachineArn } = stateMachine;
const four = (error: string) => [error, error, error, error];

const statesOf = (today: unknown) => new Set(allStates(parseDefinition(today)).map(([name]) => name));
const histories = new Map<Plan, ReturnType<typeof record>>();

/** Records a run of the deployed definition, and replays it by another. */
async function replayed(plan: Plan, today: unknown = definition): Promise<Difference[]> {
  const history = histories.get(plan) ?? record(plan);
  histories.set(plan, history);
  const then = readRecording(toEvents(await history));
  const played = await play(then, { definition: today, stateMachineArn });
  return compare(then, played, statesOf(today));
}

/** Together they use every retrier and catcher. */
const PLANS: Readonly<Record<string, Plan>> = {
  'all good': {},
  'retries of every step': {
    calls: Object.fromEntries(
      ['ValidateInput', 'GetActions', 'CreateBatches', 'UpdateProgress', 'AggregateResults', 'UpdateGoalStatus'].map(
        (state) => [state, ['TransientError', 'Lambda.Unknown', 'States.Timeout', 'TransientError']],
      ),
    ),
  },
  'retries of actions': {
    calls: {
      'GenerateTasks@0': ['Lambda.TooManyRequestsException', 'TransientError', 'hangs', 'TransientError'],
      'GenerateTasks@1': four('TransientError'),
      'SaveTasks@0': ['Lambda.TooManyRequestsException', 'TransientError', 'TransientError', 'TransientError'],
      'SaveTasks@2': four('TransientError'),
    },
    next: 'NOTIFY_PARTIAL',
  },
  'no retry of what is permanent': {
    calls: {
      'GenerateTasks@0': ['PermanentError'],
      'SaveTasks@2': ['BatchTimeout'],
      ActionFailed: ['PermanentError'],
      UpdateProgress: ['PermanentError'],
    },
    next: 'ESCALATE_PARTIAL',
  },
  'a retry of what records a failure': {
    calls: { 'GenerateTasks@1': ['PermanentError'], 'ActionFailed@1': ['TransientError'] },
    next: 'ESCALATE_PARTIAL',
  },
  'messages that are not taken at once': {
    calls: { EscalatePartial: [...four('SNS.InternalErrorException'), 'SNS.InternalErrorException'] },
    next: 'ESCALATE_PARTIAL',
  },
  'messages that are never taken': {
    calls: { NotifyPartial: [...four('SNS.X'), 'SNS.X', 'SNS.X'] },
    next: 'NOTIFY_PARTIAL',
  },
  'an error of the error handler': {
    calls: { GetActions: ['PermanentError'], HandleError: ['TransientError'], NotifyFailure: ['SNS.X'] },
    next: 'NOTIFY_FAILURE',
  },
  'a step that is out of retries': {
    calls: { GetActions: [...four('TransientError'), 'TransientError'] },
    next: 'NOTIFY_FAILURE',
  },
  'an end by another': { next: 'NONE' },
  // Played with the shortest waits, a call begins long before it did: it must not be taken for one that took too long.
  'long waits with jitter': {
    calls: { 'SaveTasks@2': four('Lambda.TooManyRequestsException') },
    callSeconds: 15,
    jitter: 0.999,
  },
  'a cancel': { calls: { 'SaveTasks@1': ['TransientError', 'hangs'] }, stopAfterSeconds: 12 },
  'the end of its time': {
    calls: Object.fromEntries(
      [
        'GenerateTasks@0',
        'GenerateTasks@1',
        'GenerateTasks@2',
        'UpdateProgress',
        'AggregateResults',
        'HandleError',
      ].map((state) => [state, [...four('hangs'), 'hangs']]),
    ),
  },
  ...Object.fromEntries(
    ['ValidateInput', 'CreateBatches', 'AggregateResults', 'UpdateGoalStatus'].map((state) => [
      `an error of ${state}`,
      { calls: { [state]: ['PermanentError'] }, next: 'NOTIFY_FAILURE' },
    ]),
  ),
};

const broken = (what: string) => brokenDefinitions(definition).find((each) => each.what === what)?.definition;
const edited = (from: RegExp, to: string): unknown => JSON.parse(JSON.stringify(definition).replaceAll(from, to));
const BATCH = 'ProcessBatches[0]';
const ACTION = 'ProcessBatches[0].ProcessActions[0]';
const EVERY_ACTION = `${ACTION} ProcessBatches[0].ProcessActions[1] ProcessBatches[1].ProcessActions[0]`;
const NO_ANSWER = 'and no answer to it was recorded: the replay goes no further there';
const PATH = 'CreateBatches, ProcessBatches, AggregateResults, UpdateGoalStatus, ByOutcome, Succeeded';

/** A definition of today, and what differs in the run of a plan. */
const DIFFERENCES: readonly (readonly [what: string, plan: Plan, today: unknown, expected: unknown[]])[] = [
  [
    'a state of another name',
    {},
    edited(/"GetActions"/g, '"ReadActions"'),
    [
      ['state is gone', 'GetActions is a state of then that the definition of today does not have', ''],
      ['no answer recorded', `ReadActions makes call 1 now, ${NO_ANSWER}`, ''],
      ['new state', 'ReadActions is entered now, and was not then', ''],
    ],
  ],
  [
    'another way out',
    {},
    edited(/("StringEquals":"SUCCEED","Next":)"Succeeded"/g, '$1"AlreadySettled"'),
    [
      ['not entered', 'Succeeded was entered then, and is not now', ''],
      ['new state', 'AlreadySettled is entered now, and was not then', ''],
      ['outcome', 'the execution ended SUCCEEDED then, and ends FAILED (AlreadySettled) now', ''],
    ],
  ],
  [
    'two steps in another order',
    {},
    broken('GetActions before ValidateInput'),
    [
      ['order', `the order was ValidateInput, GetActions, ${PATH}, and is GetActions, ValidateInput, ${PATH}`, ''],
      ['input', 'GetActions is called with another input: executionArn', ''],
    ],
  ],
  [
    'no retrier in a Map',
    { calls: { UpdateProgress: ['TransientError'] } },
    broken('UpdateProgress without its retrier of TransientError'),
    [
      ['new state', 'ProgressUnknown is entered now, and was not then', BATCH],
      [
        'calls',
        'UpdateProgress was called 2 times (TransientError, answered) then, and is called once (TransientError) now',
        BATCH,
      ],
      ['not asked for', 'nobody asked for these recorded answers: 1 of UpdateProgress', ''],
    ],
  ],
  [
    'one retry less, and so another call',
    { calls: { 'GenerateTasks@0': ['TransientError'] } },
    broken('GenerateTasks without its retrier of TransientError'),
    [
      ['no answer recorded', `ActionFailed makes call 1 now, ${NO_ANSWER}`, ACTION],
      ['new state', 'ActionFailed is entered now, and was not then', ACTION],
      [
        'calls',
        'GenerateTasks was called 2 times (TransientError, answered) then, and is called once (TransientError) now',
        ACTION,
      ],
    ],
  ],
  [
    'one more retry',
    { calls: { GetActions: [...four('TransientError'), 'TransientError'] }, next: 'NOTIFY_FAILURE' },
    broken('GetActions with one more retry'),
    [['no answer recorded', `GetActions makes call 6 now, ${NO_ANSWER}`, '']],
  ],
  [
    'other waits',
    { calls: { 'SaveTasks@0': ['TransientError', 'TransientError', 'TransientError'] } },
    broken('SaveTasks with waits that do not grow'),
    [['waits', 'SaveTasks waited 4.0 s before call 4 then, and waits 1.0 s now', ACTION]],
  ],
  [
    'another input',
    {},
    edited(/"results.\$":"\$.results"/g, '"outcomes.$":"$.results"'),
    [['input', 'AggregateResults is called with another input: results, outcomes', '']],
  ],
  [
    'less time for a task',
    { callSeconds: 5 },
    edited(/"TimeoutSeconds":120/g, '"TimeoutSeconds":1'),
    [
      ['no answer recorded', `GenerateTasks makes call 2 now, ${NO_ANSWER}`, EVERY_ACTION],
      ['calls', 'GenerateTasks was called once (answered) then, and is called once (States.Timeout) now', EVERY_ACTION],
    ],
  ],
];

describe('a replay', () => {
  for (const [what, plan] of Object.entries(PLANS))
    it(`by the same definition has no differences: ${what}`, async () =>
      expect(await replayed(plan)).to.deep.equal([]));

  it('ends a run at the time of then that AWS ended late, and one that was stopped when it was', async () => {
    const late = toEvents(await record(PLANS['the end of its time'])).map((event, index, { length }) => {
      const isEnd = index === length - 1;
      return isEnd ? { ...event, timestamp: new Date((event.timestamp?.getTime() ?? 0) + 3000) } : event;
    });
    for (const [history, status] of [
      [late, 'TIMED_OUT'],
      [toEvents(await record(PLANS['a cancel'])), 'ABORTED'],
    ] as const) {
      const then = readRecording(history);
      const { end } = (await play(then, { definition, stateMachineArn })).now;
      expect([end.status, end.at], status).to.deep.equal([status, then.end.at + 1]);
    }
  });

  it('of a run that had not ended has no differences, wherever its history ends', async () => {
    const history = toEvents(await record(PLANS['retries of actions']));
    for (let length = 1; length < history.length; length += 7) {
      const then = readRecording(history.slice(0, length));
      const differences = compare(then, await play(then, { definition, stateMachineArn }), statesOf(definition));
      expect(differences, `after event ${length}`).to.deep.equal([]);
    }
  });

  for (const [what, plan, today, expected] of DIFFERENCES) {
    it(`names the differences of a definition with ${what}`, async () => {
      const differences = await replayed(plan, today);
      expect(differences.map(({ kind, text, places }) => [kind, text, places.join(' ')])).to.deep.equal(expected);
    });
  }
});
