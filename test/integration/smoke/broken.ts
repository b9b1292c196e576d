import type { Meddling } from './api-proxy.ts';

/** Lays something over the JSON of the answers with 2xx to the calls that fit. */
const answering = (fits: RegExp, changeOf: (body: Record<string, unknown>) => object): Meddling => ({
  answer({ call, status, body }) {
    if (fits.test(call) && status < 300) Object.assign(Object(body), changeOf(Object(body)));
  },
});

/** Refuses the calls that fit, which the API does not see. */
const refusing = (fits: RegExp, status: number): Meddling => ({
  refuse: (call) => (fits.test(call) ? status : undefined),
});

/** Gives callers who come later the token of the first, so that they find what is not theirs. */
function mixingUp(isMixedUp: (authorization: string | undefined) => boolean): Meddling {
  let first: string | undefined;
  return {
    request(headers) {
      first ??= headers.authorization;
      if (first !== undefined && isMixedUp(headers.authorization)) headers.authorization = first;
    },
  };
}
export const isForged = (authorization: string | undefined) => authorization === undefined || authorization.length < 30;

const items = (list: unknown): unknown[] => (Array.isArray(list) ? list : []);
const TASK = { taskId: 't', actionId: 'a', title: 'left', description: '', type: 'habit', estimatedMinutes: 5 };
let starts = 0;
let lies = 0;

/** Each way in which a stage may be broken: what is done to it, what is said of it, and how the test is asked. */
export const BROKEN: readonly (readonly [
  what: string,
  Meddling,
  said: RegExp,
  environment?: Readonly<Record<string, string>>,
])[] = [
  [
    'loses a task',
    answering(/\/tasks$/, ({ tasks }) => ({ tasks: items(tasks).slice(1) })),
    /✘ Tasks are lost: action 1 has (2 of the 3|3 of the 4|4 of the 5) that its run saved/,
  ],
  [
    'counts wrongly',
    answering(/^GET \/api\/goals\/[^/]+$/, () => ({ taskCount: 77 })),
    /✘ The goal counts 77 tasks, but has \d/,
  ],
  [
    'lists wrongly',
    answering(/\/workflows$/, (body) => ({
      items: items(body.items).map((item) => ({ ...Object(item), taskCount: 0 })),
    })),
    /✘ The list counts 0 tasks of 1 actions, but there are \d of 1/,
  ],
  [
    'has a run that does not end',
    answering(/\/status$/, () => ({ status: 'RUNNING', processedActions: 0 })),
    /✘ A run is stuck: after [\d.]+ s it is RUNNING, 0 of 1 action are done, in the state \w+: arn:aws:/,
    { WAIT: '2' },
  ],
  ['answers 500', refusing(/\/history$/, 500), /✘ GET \/api\/workflows\/\S+\/history answered 500: of_the_test: no/],
  [
    'starts two runs',
    answering(/\/start-activity$/, ({ executionArn }) => ({ executionArn: `${executionArn}${++starts}` })),
    /✘ A goal that was started twice at once has two runs: \S+ and /,
  ],
  [
    'leaves tasks of a cancelled run',
    answering(/\/tasks$/, ({ tasks }) => (items(tasks).length === 0 ? { tasks: [TASK] } : {})),
    /✘ A cancelled run has left 1 task\n/,
  ],
  [
    'leaves the goal of a cancelled run as it was',
    answering(/^GET \/api\/goals\/[^/]+$/, ({ status }) =>
      status === 'draft' && lies++ === 0 ? { status: 'processing' } : {},
    ),
    /✘ The goal of a cancelled run is processing, and not draft/,
  ],
  ['lets anybody in', mixingUp(isForged), /✘ A call without a token is not refused with 401: it is answered/],
  [
    "shows somebody else's",
    mixingUp((token) => !isForged(token)),
    /✘ Somebody else's goal is not refused with 404: it is answered/,
  ],
  ['keeps goals', refusing(/^DELETE /, 500), /✘ A goal could not be removed \(.* answered 500/, { WAIT: '2' }],
  [
    'answers with a page',
    {
      answer(passing) {
        if (passing.call.includes('/api/')) Object.assign(passing, { status: 200, body: '<html>' });
      },
    },
    /✘ GET \/api\/goals was answered with something that is no JSON, such as a page/,
  ],
];
