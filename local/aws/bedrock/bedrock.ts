import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AI_SLOW_MS } from '../aws-faults.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsService } from '../endpoint.ts';
import { type Prompt, readPrompt, taggedFault } from './prompt.ts';
import { type ConverseRequest, FAULT_ERRORS, readConverseRequest, toolAnswer } from './protocol.ts';
import { uniform, uniformInteger } from './random.ts';
import { type AiSettings, DEFAULT_AI_SETTINGS, FAULTS, type Fault, latencyRange, mergeAiSettings } from './settings.ts';
import { generateTasks, malformedInput } from './tasks/tasks.ts';

/** Milliseconds until an error answer: refusing is quick whatever the model's latency is. */
const REFUSAL_MS = 10;
/** A call that hangs has no answer; Node's timers end after this. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** What `Retry-After` says: its shortest, since it is not scaled. */
const RETRY_AFTER_SECONDS = 1;

export interface BedrockOptions {
  readonly settings?: Partial<AiSettings>;
  /**
   * Tests decide here what becomes of a call, in place of settings and tags.
   * @param action the action's title, without tags
   * @param call how often this very text was asked, from 1
   */
  readonly script?: (action: string, call: number) => ScriptedAnswer | undefined;
  /** Is told of each valid Converse call once it is over, whoever ended it. */
  readonly onEnd?: (call: EndedCall) => void;
}

/** What a script wants of one call; what it leaves out comes from settings and tags. */
export interface ScriptedAnswer {
  readonly fault?: Fault;
  /** An error answer that no fault stands for. */
  readonly error?: {
    readonly status: number;
    readonly type: string;
    readonly message: string;
    readonly retryAfterSeconds?: number;
  };
  readonly latencyMs?: number;
  /** What the model writes into the tool call. */
  readonly toolInput?: unknown;
  /** The whole body of the answer, as it is. */
  readonly body?: string;
}

/** One Converse call as the mock saw it; times are milliseconds since the epoch. */
export interface EndedCall {
  readonly action: string;
  /** As in `BedrockOptions.script`. */
  readonly call: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** A slow answer is an answer; `gone`: the client hung up before one. */
  readonly outcome: Exclude<Fault, 'hang' | 'slow'> | 'answer' | 'gone';
  /** As it was called: a model's id, or an inference profile's. */
  readonly modelId: string;
  /** Of an answer alone. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number } | undefined;
}

/** A mock of Bedrock Runtime. */
export type Bedrock = ReturnType<typeof createBedrock>;

/** A call with everything that is drawn from: what is asked, and how often this very text was asked before. */
interface Asked extends ConverseRequest {
  readonly prompt: Prompt;
  readonly number: number;
  readonly seed: string;
}

/** What becomes of a call, unless its client goes away first. */
interface Plan extends Pick<EndedCall, 'outcome' | 'usage'> {
  readonly waitMs: number;
  finish(response: ServerResponse): AwsAnswer | undefined;
}

/**
 * Makes a mock that speaks the wire protocol of `Converse`. Answers, latency and faults follow from the seed and the
 * message text; which faults, from the settings and from tags like `[ai:throttle=2]` in the action's title.
 */
export function createBedrock({ script, onEnd, ...options }: BedrockOptions = {}) {
  let settings = mergeAiSettings(DEFAULT_AI_SETTINGS, options.settings ?? {});
  const concurrency = { current: 0, peak: 0 };
  const callsOfText = new Map<string, number>();
  let calls = 0;

  async function answer(call: AwsCall): Promise<AwsAnswer | undefined> {
    const startedAt = Date.now();
    const request = readConverseRequest(call);
    calls += 1;
    const prompt = readPrompt(request.text);
    const { text } = prompt;
    const number = (callsOfText.get(text) ?? 0) + 1;
    callsOfText.set(text, number);
    const asked: Asked = { ...request, text, prompt, number, seed: settings.seed };
    concurrency.current += 1;
    concurrency.peak = Math.max(concurrency.peak, concurrency.current);
    try {
      const plan = planFor(asked, settings, script?.(prompt.action, number) ?? {});
      const isThere = await waitFor(call.response, plan?.waitMs);
      const { outcome, usage }: Pick<EndedCall, 'outcome' | 'usage'> = isThere && plan ? plan : { outcome: 'gone' };
      const { modelId } = request;
      onEnd?.({ action: prompt.action, call: number, startedAt, endedAt: Date.now(), outcome, modelId, usage });
      return isThere ? plan?.finish(call.response) : undefined;
    } finally {
      concurrency.current -= 1;
    }
  }

  return {
    service: { answer, refuse } satisfies AwsService,
    settings: () => structuredClone(settings),
    /** Lays checked input over the settings, from the next call on. @throws SettingError, and then nothing has changed */
    configure(partial: unknown) {
      settings = mergeAiSettings(settings, partial);
      return structuredClone(settings);
    },
    /** Converse calls being answered now, and the most there were at once. */
    concurrency,
    /** Valid Converse calls so far. */
    get calls() {
      return calls;
    },
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

function refuse({ status, name, message, retryAfterSeconds }: AwsError): AwsAnswer {
  const wait = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { status, headers: { ...JSON_TYPE, 'x-amzn-errortype': name, ...wait }, body: JSON.stringify({ message }) };
}

/** Decides what becomes of a call; undefined for one that hangs. */
function planFor(asked: Asked, { faults, latencyMs }: AiSettings, scripted: ScriptedAnswer): Plan | undefined {
  const fault =
    scripted.fault ??
    (scripted.error === undefined
      ? (taggedFault(asked.prompt.tags, asked.number) ?? drawnFault(faults, asked))
      : 'error');
  if (fault === 'hang') return undefined;
  if (fault === 'reset') return { outcome: fault, waitMs: REFUSAL_MS, finish: reset };
  if (isRefusal(fault)) {
    const refuse = () => {
      const { error } = scripted;
      throw error
        ? new AwsError(error.status, error.type, error.message, error)
        : FAULT_ERRORS[fault](retryAfter(asked));
    };
    return { outcome: fault, waitMs: REFUSAL_MS, finish: refuse };
  }
  const { minimum, maximum } = latencyRange(latencyMs);
  const latency = scripted.latencyMs ?? draw(asked, minimum, maximum, 'latency');
  const late = fault === 'slow' ? draw(asked, 1, AI_SLOW_MS, 'slow') : 0;
  const body = toolAnswer(asked, `tooluse_${randomUUID()}`, toolInput(asked, fault, scripted), latency);
  const text = fault === 'empty' ? '' : (scripted.body ?? JSON.stringify(body));
  return {
    outcome: fault === undefined || fault === 'slow' ? 'answer' : fault,
    usage: body.usage,
    waitMs: latency + late,
    finish: (response) => (fault === 'cut' ? sendHalf(response, text) : { headers: JSON_TYPE, body: text }),
  };
}

function toolInput(asked: Asked, fault: Fault | undefined, scripted: ScriptedAnswer): unknown {
  if ('toolInput' in scripted) return scripted.toolInput;
  const tasks = generateTasks(asked.seed, asked.prompt);
  return fault === 'malformed' ? malformedInput(asked.seed, asked.text, asked.number, tasks) : { tasks };
}

/** A whole number from the seed, the text, what it is for, and how often the text was asked. */
const draw = ({ seed, text, number }: Asked, minimum: number, maximum: number, what: string) =>
  uniformInteger(minimum, maximum, seed, text, what, number);

/** One draw decides among all faults, so that each has exactly its rate. */
function drawnFault(faults: AiSettings['faults'], { seed, text, number }: Asked): Fault | undefined {
  let left = uniform(seed, text, 'fault', number);
  return FAULTS.find((fault) => {
    left -= faults[fault];
    return left < 0;
  });
}

const isRefusal = (fault: Fault | undefined): fault is keyof typeof FAULT_ERRORS =>
  fault !== undefined && fault in FAULT_ERRORS;

/** Half of the busy answers say how long to wait. */
const retryAfter = ({ seed, text, number }: Asked) =>
  uniform(seed, text, 'retryAfter', number) < 0.5 ? RETRY_AFTER_SECONDS : undefined;

/** Resolves to true after some time, or to false as soon as the client has gone away. */
function waitFor(response: ServerResponse, milliseconds = LONGEST_WAIT_MS): Promise<boolean> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return sleep(milliseconds, true, { signal: gone.signal }).catch(() => false);
}

/** Ends the connection without an answer. */
function reset(response: ServerResponse): undefined {
  response.socket?.resetAndDestroy();
}

/** Begins an answer, and ends its connection when half of it is out. */
function sendHalf(response: ServerResponse, text: string): undefined {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
}
