import type { Database } from '../../src/aws/database.ts';
import { intercepted } from './failing.ts';

/** The database with a list of what is asked of it, and with answers changed on the way. */
export function watched(db: Database, change: (answer: object) => object = (answer) => answer) {
  const inputs: object[] = [];
  const asked = intercepted(db, async (input, _command, send) => {
    inputs.push(input);
    return change(await send());
  });
  return { db: asked, inputs };
}
