import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { parse, type Validator } from '../aws/boundary.ts';
import type { Database } from '../aws/database.ts';
import * as validators from '../validators.generated.js';
import { invalidField } from './http.ts';

/** What a cursor is good for: the name of the list, its user and whatever else the rows of its pages depend on. */
export type CursorScope = readonly (string | undefined)[];

export type Cursors = ReturnType<typeof createCursors>;

/**
 * Makes the cursors of lists, and takes none but these: each is signed together with its scope.
 * @param readKey gives the key to sign with; asked once, and again only after it failed
 */
export function createCursors(readKey: () => Promise<string>) {
  let kept: Promise<string> | undefined;
  async function signed(scope: CursorScope, encoded: string): Promise<string> {
    kept ??= readKey().catch((thrown: unknown) => {
      kept = undefined;
      throw thrown;
    });
    const signature = createHmac('sha256', await kept).update(JSON.stringify([...scope, encoded]));
    return `${encoded}.${signature.digest('base64url')}`;
  }
  return {
    /** @param place where the next page begins, as JSON; whoever has the cursor can read it */
    write: (scope: CursorScope, place: object) =>
      signed(scope, Buffer.from(JSON.stringify(place)).toString('base64url')),
    /** @throws Problem invalid_request when `write` has not made this text for this scope */
    async read<Place>(scope: CursorScope, cursor: string, isPlace: Validator<Place>): Promise<Place> {
      const [encoded = ''] = cursor.split('.', 1);
      const [ours, given] = [Buffer.from(await signed(scope, encoded)), Buffer.from(cursor)];
      if (ours.length === given.length && timingSafeEqual(ours, given)) {
        const place: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
        if (isPlace(place)) return place;
      }
      throw invalidField('cursor', 'is not a cursor of this list');
    },
  };
}

/** Row of table goals that holds the key. Its partition is no goal's id; policies name it: see modules/workflow/grants.ts. */
const KEY_ROW = { goalId: 'cursors', sk: 'KEY' };

/**
 * Reads the key that signs cursors, and makes it when there is none: all that call at once get the same one. Who can
 * read the table can forge cursors; there is nothing in a list that they cannot read there.
 */
export async function readCursorKey(db: Pick<Database, 'client' | 'goals'>): Promise<string> {
  const { Attributes } = await db.client.send(
    new UpdateCommand({
      TableName: db.goals,
      Key: KEY_ROW,
      UpdateExpression: 'SET cursorKey = if_not_exists(cursorKey, :new)',
      ExpressionAttributeValues: { ':new': randomBytes(32).toString('base64') },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return parse(validators.cursorKeyRow, Attributes, 'The row of the key of cursors').cursorKey;
}
