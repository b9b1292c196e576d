import type { Database } from '../../src/aws/database.ts';

/** An error of this name, as the SDK throws them. */
export const named = (name: string, extra: object = {}) => Object.assign(new Error('no'), { name, ...extra });

/** The error of a transaction that DynamoDB refused, with a code for each of its items. */
export const cancelled = (...codes: (string | undefined)[]) =>
  Object.assign(new Error('refused'), {
    name: 'TransactionCanceledException',
    CancellationReasons: codes.map((Code) => (Code === undefined ? {} : { Code })),
  });

/**
 * The same database, with somebody between.
 * @param answer gets the input of each call's command, its name, and what sends it
 */
export function intercepted(
  db: Database,
  answer: (input: Record<string, unknown>, command: string, send: () => Promise<object>) => Promise<unknown>,
): Database {
  const client = new Proxy(db.client, {
    get(target, property) {
      const send: unknown = Reflect.get(target, property);
      if (property !== 'send' || typeof send !== 'function') return send;
      return (...sent: readonly unknown[]) => {
        const command = Object(sent[0]);
        return answer(command.input, String(command.constructor.name), () => Reflect.apply(send, target, sent));
      };
    },
  });
  return { ...db, client };
}

/** The database with a list of what is asked of it, and with answers changed on the way. */
export function watched(db: Database, change: (answer: object) => object = (answer) => answer) {
  const inputs: object[] = [];
  const commands: string[] = [];
  const asked = intercepted(db, async (input, command, send) => {
    inputs.push(input);
    commands.push(command);
    return change(await send());
  });
  return { db: asked, inputs, commands };
}

/**
 * The same database, but for calls that fail.
 * @param failureOf the error that a call is to fail with, by its command (`TransactWriteCommand`) and by how many of that
 * command came before it; undefined lets it through
 * @param times that a call is sent; the answers but the last are lost
 */
export function failing(
  db: Database,
  failureOf: (command: string, before: number) => Error | undefined,
  times = 1,
): Database {
  const counts = new Map<string, number>();
  return intercepted(db, async (_input, command, send) => {
    const count = counts.get(command) ?? 0;
    counts.set(command, count + 1);
    const failure = failureOf(command, count);
    if (failure !== undefined) throw failure;
    for (let lost = 1; lost < times; lost += 1) await send().catch(() => undefined);
    return send();
  });
}

/** The same database, but for transactions that fail. @param failureOf as of `failing`, by how many transactions came before */
export const refusing = (db: Database, failureOf: (before: number) => Error | undefined): Database =>
  failing(db, (command, before) => (command === 'TransactWriteCommand' ? failureOf(before) : undefined));
