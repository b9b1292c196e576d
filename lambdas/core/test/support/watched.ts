import type { Database } from '../../src/aws/database.ts';

/** The database with a list of what is asked of it, and with answers changed on the way. */
export function watched(db: Database, change: (answer: object) => object = (answer) => answer) {
  const inputs: object[] = [];
  const client = new Proxy(db.client, {
    get(target, property) {
      const send: unknown = Reflect.get(target, property);
      if (property !== 'send' || typeof send !== 'function') return send;
      return async (command: { input: object }) => {
        inputs.push(command.input);
        return change(await Reflect.apply(send, target, [command]));
      };
    },
  });
  return { db: { ...db, client }, inputs };
}
