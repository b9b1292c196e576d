import { assertMade } from '../edits.ts';
import { field } from './answer.ts';
import { LAMBDAS, type Lambda } from './lambdas.ts';

export type Handler = (event: unknown) => Promise<unknown>;

/** The code of the Lambdas, and what it says of its clients. */
export interface Code {
  readonly handlers: ReadonlyMap<Lambda, Handler>;
  /** Milliseconds that a call of a client may take with all its attempts: of SNS, and of the others. */
  readonly limitMs: { readonly sns: number; readonly others: number };
}

const isHandler = (value: unknown): value is Handler => typeof value === 'function';

/**
 * Loads the code of the Lambdas, through hooks.ts.
 * @param mutant the fault that is put into it
 */
export async function loadCode(mutant?: string): Promise<Code> {
  // What a mutant shares with the code without one, hooks.ts knows from that.
  if (mutant !== undefined) await loadCode();
  const load = async (file: string): Promise<object> => {
    const url = new URL(`../../../lambdas/${file}`, import.meta.url);
    if (mutant !== undefined) url.searchParams.set('mutant', mutant);
    return import(url.href);
  };
  const handlers = new Map<Lambda, Handler>();
  for (const lambda of LAMBDAS) {
    const handler: unknown = Reflect.get(await load(`${lambda}/src/handler.ts`), 'handler');
    if (!isHandler(handler)) throw new Error(`${lambda} has no handler`);
    handlers.set(lambda, handler);
  }
  const sns = limitOf(Reflect.get(await load('core/src/report/alert.ts'), 'SNS_LIMITS'));
  const others = limitOf(Reflect.get(await load('core/src/aws/clients.ts'), 'CLIENT_LIMITS'));
  assertMade(mutant);
  return { handlers, limitMs: { sns, others } };
}

/** The longest waits of the SDK before the second and the third attempt; milliseconds. */
const WAITS_MS = [0, 1_000, 3_000];

function limitOf(limits: unknown): number {
  const [attempts, requestMs] = [field(limits, 'attempts'), field(limits, 'requestMs')];
  if (typeof attempts !== 'number' || typeof requestMs !== 'number') throw new Error('a client has no limits');
  return attempts * requestMs + (WAITS_MS[attempts - 1] ?? 0);
}
