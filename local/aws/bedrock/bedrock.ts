import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { BodyIncomplete, listen, readBody } from '../../http/server.ts';
import { AI_SLOW_MS } from '../aws-faults.ts';
import { asBedrockError, reset, sendError, sendHalf, sendText } from './answer.ts';
import { type AnyRequest, type AnyResponse, createBothVersionsServer } from './both-versions.ts';
import { type Prompt, readPrompt, taggedFault } from './prompt.ts';
import {
  BedrockError,
  type ConverseRequest,
  converseModelId,
  FAULT_ERRORS,
  readConverseRequest,
  textAnswer,
  toolAnswer,
} from './protocol.ts';
import { uniform, uniformInteger } from './random.ts';
import {
  type AiSettings,
  type AiSettingsInput,
  DEFAULT_AI_SETTINGS,
  FAULTS,
  type Fault,
  latencyRange,
  mergeAiSettings,
  NO_AI_FAULTS,
} from './settings.ts';
import { generateTasks, malformedInput } from './tasks.ts';

/** Milliseconds until an error answer: refusing is quick whatever the model's latency is. */
const REFUSAL_MS = 10;

/** What `Retry-After` says: its shortest, since it is not scaled. */
const RETRY_AFTER_SECONDS = 1;

/** More than any prompt of ours; the real limit depends on the model. */
const BODY_LIMIT = 4 * 1024 * 1024;

export interface BedrockOptions extends AiSettingsInput {
  /** Default: any free port. */
  port?: number;
  /** Default: 127.0.0.1. */
  host?: string;
  /** Multiplies every latency, as TIME_SCALE does every other wait of the local stack. */
  timeScale?: number;
  /** Is told of each Converse call that was answered. */
  onAnswer?: (call: AnsweredCall) => void;
  /**
   * Tests decide here what becomes of a call, in place of settings and tags.
   * @param action the action's title, without tags
   * @param call how often this very text was asked, from 1
   */
  script?: (action: string, call: number) => ScriptedAnswer | undefined;
  /** Is told of each valid Converse call once it is over, whoever ended it. */
  onEnd?: (call: EndedCall) => void;
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
  /** `gone`: the client hung up before an answer. */
  readonly outcome: AnsweredCall['outcome'] | 'gone';
}

/** What Bedrock's metrics are made of. */
export interface AnsweredCall {
  /** As it was called: a model's id, or an inference profile's. */
  readonly modelId: string;
  /** A slow answer is an answer. */
  readonly outcome: Exclude<Fault, 'hang' | 'slow'> | 'answer';
  /** From the request to the answer, in milliseconds. */
  readonly latencyMs: number;
  /** Of an answer alone. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

/** A running mock of Bedrock Runtime. */
export interface Bedrock {
  port: number;
  /** For AWS_ENDPOINT_URL_BEDROCK_RUNTIME. */
  url: string;
  settings(): AiSettings;
  /** Lays checked input over the settings, from the next call on. Throws `AiSettingsError` and then changes nothing. */
  configure(partial: unknown): AiSettings;
  /** Converse calls being answered now, and the most there were at once. */
  readonly concurrency: { current: number; peak: number };
  /** Valid Converse calls so far. */
  readonly calls: number;
  /** What became of them, by fault; `answer` are the good ones. A hanging call counts when it begins. */
  readonly outcomes: Readonly<Record<Fault | 'answer', number>>;
  /** Stops, and ends every open connection, hanging ones too. */
  close(): Promise<void>;
}

/**
 * Starts a mock of Bedrock Runtime that speaks the wire protocol of `Converse`. Answers, latency and faults follow from
 * the seed and the message text; which faults, from the settings and from tags like `[ai:throttle=2]` in the action's title.
 * Throws `AiSettingsError` for settings that cannot be used.
 */
export async function startBedrock(options: BedrockOptions = {}): Promise<Bedrock> {
  const { port = 0, host = '127.0.0.1', timeScale = 1, onAnswer, script, onEnd, ...input } = options;
  let settings = mergeAiSettings(DEFAULT_AI_SETTINGS, input);
  const concurrency = { current: 0, peak: 0 };
  const outcomes = { answer: 0, ...NO_AI_FAULTS };
  const callsOfText = new Map<string, number>();
  let calls = 0;

  const { server, closeConnections } = createBothVersionsServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (error instanceof BodyIncomplete) return;
      sendError(response, asBedrockError(error));
    });
  });

  async function serve(request: AnyRequest, response: AnyResponse): Promise<void> {
    const modelId = converseModelId(request.url ?? '');
    if (modelId === undefined || request.method !== 'POST') {
      request.resume();
      throw new BedrockError(404, 'UnknownOperationException', 'The mock knows POST /model/{modelId}/converse alone.');
    }
    const client = new AbortController();
    response.once('close', () => client.abort());
    const startedAt = Date.now();
    const started = performance.now();
    const converse = readConverseRequest(modelId, await readBody(request, BODY_LIMIT));
    const call = countCall(converse.text);
    const prompt = readPrompt(converse.text);
    concurrency.current += 1;
    concurrency.peak = Math.max(concurrency.peak, concurrency.current);
    try {
      const answered = await answerCall(converse, prompt, call, response, client.signal);
      if (answered !== undefined) onAnswer?.({ ...answered, modelId, latencyMs: performance.now() - started });
      const outcome = answered?.outcome ?? 'gone';
      onEnd?.({ action: prompt.action, call, startedAt, endedAt: Date.now(), outcome });
    } finally {
      concurrency.current -= 1;
    }
  }

  /** Ends when the call is answered, or, with undefined, when the client has gone away, which aborts `client`. */
  async function answerCall(
    converse: ConverseRequest,
    prompt: Prompt,
    call: number,
    response: AnyResponse,
    client: AbortSignal,
  ): Promise<Pick<AnsweredCall, 'outcome' | 'usage'> | undefined> {
    const { latencyMs, faults, seed } = settings;
    const scripted = script?.(prompt.action, call);
    const fault =
      scripted?.fault ??
      (scripted?.error === undefined
        ? (taggedFault(prompt.tags, call) ?? drawnFault(faults, seed, converse.text, call))
        : 'error');
    outcomes[fault ?? 'answer'] += 1;
    if (fault === 'hang') {
      await aborted(client);
      return undefined;
    }
    if (fault === 'reset' || isRefusal(fault)) {
      if (!(await wait(REFUSAL_MS, client))) return undefined;
      if (fault === 'reset') reset(response);
      else sendError(response, scriptedError(scripted) ?? FAULT_ERRORS[fault](retryAfter(seed, converse.text, call)));
      return { outcome: fault };
    }
    const { minimum, maximum } = latencyRange(latencyMs);
    const drawn = Math.round(uniformInteger(minimum, maximum, seed, converse.text, 'latency', call) * timeScale);
    const latency = scripted?.latencyMs ?? drawn;
    const late = fault === 'slow' ? uniformInteger(1, AI_SLOW_MS, seed, converse.text, 'slow', call) : 0;
    if (!(await wait(latency + late, client))) return undefined;
    const tasks = generateTasks(seed, converse.text, prompt);
    const toolInput =
      scripted !== undefined && 'toolInput' in scripted
        ? scripted.toolInput
        : fault === 'malformed'
          ? malformedInput(seed, converse.text, call, tasks)
          : { tasks };
    const body =
      converse.tool === undefined
        ? textAnswer(tasks, converse, latency)
        : toolAnswer(converse.tool, toolUseId(seed, converse.text, call), toolInput, converse, latency);
    const text = fault === 'empty' ? '' : (scripted?.body ?? JSON.stringify(body));
    if (fault === 'cut') sendHalf(response, text);
    else sendText(response, 200, text);
    return { outcome: fault === undefined || fault === 'slow' ? 'answer' : fault, usage: body.usage };
  }

  function countCall(text: string): number {
    calls += 1;
    const key = createHash('sha256').update(text).digest('base64');
    const call = (callsOfText.get(key) ?? 0) + 1;
    callsOfText.set(key, call);
    return call;
  }

  const address = await listen(server, port, host);
  return {
    ...address,
    settings: () => structuredClone(settings),
    configure(partial) {
      settings = mergeAiSettings(settings, partial);
      return structuredClone(settings);
    },
    concurrency,
    get calls() {
      return calls;
    },
    outcomes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        closeConnections();
      }),
  };
}

/** One draw decides among all faults, so that each has exactly its rate. */
function drawnFault(faults: AiSettings['faults'], seed: string, text: string, call: number): Fault | undefined {
  let draw = uniform(seed, text, 'fault', call);
  return FAULTS.find((fault) => {
    draw -= faults[fault];
    return draw < 0;
  });
}

const isRefusal = (fault: Fault | undefined): fault is keyof typeof FAULT_ERRORS =>
  fault !== undefined && fault in FAULT_ERRORS;

function scriptedError(scripted: ScriptedAnswer | undefined): BedrockError | undefined {
  if (scripted?.error === undefined) return undefined;
  const { status, type, message, retryAfterSeconds } = scripted.error;
  return new BedrockError(status, type, message, retryAfterSeconds);
}

/** Half of the busy answers say how long to wait. */
const retryAfter = (seed: string, text: string, call: number) =>
  uniform(seed, text, 'retryAfter', call) < 0.5 ? RETRY_AFTER_SECONDS : undefined;

function toolUseId(seed: string, text: string, call: number): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, text, call]))
    .digest('base64url');
  return `tooluse_${digest.slice(0, 22)}`;
}

/** Resolves to true after `milliseconds`, or to false as soon as the client has gone away. */
function wait(milliseconds: number, client: AbortSignal): Promise<boolean> {
  return sleep(milliseconds, true, { signal: client }).catch(() => false);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
