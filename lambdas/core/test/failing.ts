import type { Database } from '../src/database.ts';

/** The error of a transaction that DynamoDB refused, with a code for each of its items. */
export const cancelled = (...codes: (string | undefined)[]) =>
  Object.assign(new Error('refused'), {
    name: 'TransactionCanceledException',
    CancellationReasons: codes.map((Code) => (Code === undefined ? {} : { Code })),
  });

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
  const client = new Proxy(db.client, {
    get(target, property) {
      const send: unknown = Reflect.get(target, property);
      if (property !== 'send' || typeof send !== 'function') return send;
      return async (...sent: readonly unknown[]) => {
        const command = String(Object(sent[0]).constructor.name);
        const before = counts.get(command) ?? 0;
        counts.set(command, before + 1);
        const failure = failureOf(command, before);
        if (failure !== undefined) throw failure;
        for (let lost = 1; lost < times; lost += 1) await Reflect.apply(send, target, sent).catch(() => undefined);
        return Reflect.apply(send, target, sent);
      };
    },
  });
  return { ...db, client };
}
