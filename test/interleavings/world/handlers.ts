import type { CLIENT_LIMITS } from '../../../lambdas/core/src/aws/clients.ts';
import { assertMade } from '../edits.ts';
import { LAMBDAS, type Lambda } from './lambdas.ts';

export type Handler = (event: unknown) => Promise<unknown>;

/** The code of the Lambdas, and what it says of its clients. */
export interface Code {
  readonly handlers: ReadonlyMap<Lambda, Handler>;
  /** Milliseconds that a call of a client may take with all its attempts: of SNS, and of the others. */
  readonly limitMs: { readonly sns: number; readonly others: number };
}

/** The longest waits of the SDK before the second and the third attempt; milliseconds. */
const WAITS_MS = [0, 1_000, 3_000];

const limitOf = ({ attempts, requestMs }: typeof CLIENT_LIMITS) => attempts * requestMs + (WAITS_MS[attempts - 1] ?? 0);

/**
 * Loads the code of the Lambdas, through hooks.ts.
 * @param mutant the fault that is put into it
 */
export async function loadCode(mutant?: string): Promise<Code> {
  const load = (file: string) => {
    const url = new URL(`../../../lambdas/${file}`, import.meta.url);
    if (mutant !== undefined) url.searchParams.set('mutant', mutant);
    return import(url.href);
  };
  const handlers = new Map<Lambda, Handler>();
  for (const lambda of LAMBDAS) handlers.set(lambda, (await load(`${lambda}/src/handler.ts`)).handler);
  const sns = limitOf((await load('core/src/report/alert.ts')).SNS_LIMITS);
  const others = limitOf((await load('core/src/aws/clients.ts')).CLIENT_LIMITS);
  assertMade(mutant);
  return { handlers, limitMs: { sns, others } };
}
