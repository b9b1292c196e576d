import { isRecord, type LocalSettings, SettingError } from '../settings.ts';
import type { StackDescription } from '../terraform/stack-description.ts';

/** What `INSPECT` changes of a stack. */
export type Inspection = ReturnType<typeof inspectionOf>;

/** How long somebody may stand at a breakpoint: what cannot be without a limit ends after a day. */
const LIMIT_MS = 86_400_000;

/**
 * What keeps an execution alive while a debugger holds one of its functions. The function, the states that call it and the
 * execution have no time limit then, nor do the Lambdas in what they measure by themselves: one AI call, a batch, and
 * how old an execution is that the sweep takes for dead. All other limits stay, as do the waits of retriers.
 * @returns undefined when nothing is inspected
 * @throws SettingError naming the Lambdas that there are
 */
export function inspectionOf({ inspect }: LocalSettings, { functions }: Pick<StackDescription, 'functions'>) {
  if (inspect === undefined) return undefined;
  const { lambda, port } = inspect;
  const functionName = functions.find(({ name }) => name === lambda)?.functionName;
  if (functionName === undefined) {
    const names = functions.map(({ name }) => name).sort();
    throw new SettingError(`INSPECT is ${lambda}; it must be one of ${names.join(', ')}`);
  }
  const calls = (resource: unknown) => String(resource).includes(`:function:${functionName}:`);
  return {
    lambda,
    functionName,
    /** What of a function differs when it is the one that is inspected. */
    changesOf: (name: string) => (name === lambda ? { timeoutMs: LIMIT_MS, inspectPort: port } : {}),
    /** Limits that a function reads from its environment. */
    limits: (environment: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(
        Object.keys(environment).flatMap((name) => (name.endsWith('_TIMEOUT_MS') ? [[name, String(LIMIT_MS)]] : [])),
      ),
    /** A copy of the state machine's definition without the limits. */
    definition: (definition: unknown): unknown =>
      JSON.parse(JSON.stringify(definition), (key, value) => {
        if (isRecord(value) && (key === '' || calls(value.Resource))) delete value.TimeoutSeconds;
        return value;
      }),
  };
}
