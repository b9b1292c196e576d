import { expect } from 'chai';
import fc from 'fast-check';
import { anyCodePoint } from '../../../../test/support/code-point.ts';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import type { Validator } from '../../src/aws/boundary.ts';
import { Problem } from '../../src/errors.ts';
import { createCursors, readCursorKey } from '../../src/http/cursor.ts';
import { wrongCursors } from '../support/wrong-cursors.ts';

const isAny: Validator<unknown> = (_data): _data is unknown => true;

describe('a cursor', () => {
  const cursors = createCursors(async () => 'key');
  const place = { goalId: 'g', createdAt: '目' };
  const refusal = [{ path: '/cursor', message: 'is not a cursor of this list' }];

  it('gives back the place that it was made of, in its own scope, and can stand in a URL', async () => {
    const scope = ['goals', 'u', undefined];
    const cursor = await cursors.write(scope, place);
    expect(cursor).to.match(/^[\w-]+\.[\w-]{43}$/);
    expect(await cursors.read(scope, cursor, isAny)).to.deep.equal(place);
    expect(await createCursors(async () => 'key').read(scope, cursor, isAny)).to.deep.equal(place);
  });

  it('is refused in every other scope, and when it was signed with another key', async () => {
    const cursor = await cursors.write(['goals', 'u'], place);
    for (const scope of [['goals', 'v'], ['goals'], ['goals', 'u', undefined], ['u', 'goals'], ['goals', 'u","']]) {
      const thrown = await failureOf(cursors.read(scope, cursor, isAny));
      expect(thrown, String(scope)).to.be.instanceOf(Problem).with.deep.property('errors', refusal);
    }
    const other = createCursors(async () => 'another key');
    expect(await failureOf(other.read(['goals', 'u'], cursor, isAny))).to.be.instanceOf(Problem);
  });

  it('is refused when it is anything but what was given out, however little differs', async () => {
    const scope = ['goals', 'u'];
    const cursor = await cursors.write(scope, place);
    const [encoded = '', signature = ''] = cursor.split('.');
    const near = [
      '',
      '.',
      encoded,
      `${encoded}.`,
      `.${signature}`,
      `${cursor}=`,
      `${cursor}.`,
      `${encoded}=.${signature}`,
    ];
    for (const wrong of [...near, ...wrongCursors(cursor, 500)]) {
      const thrown = await failureOf(cursors.read(scope, wrong, isAny));
      expect(thrown, wrong).to.be.instanceOf(Problem).with.deep.property('errors', refusal);
    }
  });

  it('is refused when its place is none of this list', async () => {
    const isNone: Validator<unknown> = (_data): _data is unknown => false;
    const cursor = await cursors.write(['goals'], place);
    expect(await failureOf(cursors.read(['goals'], cursor, isNone)))
      .to.be.instanceOf(Problem)
      .with.deep.property('errors', refusal);
  });

  it('holds any place, and reads it for any scope that it was written for', async () => {
    const scopes = fc.array(fc.option(fc.string({ unit: anyCodePoint }), { nil: undefined }));
    await fc.assert(
      fc.asyncProperty(scopes, fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })), async (scope, any) => {
        const written: unknown = JSON.parse(JSON.stringify(any));
        expect(await cursors.read(scope, await cursors.write(scope, any), isAny)).to.deep.equal(written);
      }),
    );
  });
});

describe('the key of cursors', () => {
  const db = useDatabase();

  it('is asked for once, and again after it could not be had', async () => {
    let asked = 0;
    const cursors = createCursors(async () => {
      asked += 1;
      if (asked === 1) throw new Error('no answer');
      return 'key';
    });
    expect(await failureOf(cursors.write([], {}))).to.have.property('message', 'no answer');
    const [first, second] = await Promise.all([cursors.write([], {}), cursors.write([], {})]);
    expect(first).to.equal(second);
    await cursors.write([], {});
    expect(asked).to.equal(2);
  });

  it('is made once, is the same for all, and is long enough', async () => {
    const keys = await Promise.all(Array.from({ length: 5 }, () => readCursorKey(db)));
    expect(new Set(keys).size).to.equal(1);
    expect(Buffer.from(keys[0] ?? '', 'base64')).to.have.length(32);
    expect(await readCursorKey(db)).to.equal(keys[0]);
  });
});
