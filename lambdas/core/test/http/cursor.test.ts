import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import type { Validator } from '../../src/aws/boundary.ts';
import { Problem } from '../../src/errors.ts';
import { createCursors, readCursorKey } from '../../src/http/cursor.ts';
import { useTables } from '../support/tables.ts';
import { wrongCursors } from '../support/wrong-cursors.ts';

const isAny: Validator<unknown> = (_data): _data is unknown => true;

describe('a cursor', () => {
  const cursors = createCursors(async () => 'key');
  const place = { goalId: 'g', createdAt: '目' };
  const expectRefused = async (reading: Promise<unknown>, what?: string) => {
    const errors = [{ path: '/cursor', message: 'is not a cursor of this list' }];
    expect(await failureOf(reading), what)
      .to.be.instanceOf(Problem)
      .with.deep.property('errors', errors);
  };

  it('gives back the place that it was made of, in its own scope, and can stand in a URL', async () => {
    const scope = ['goals', 'u', undefined];
    const cursor = await cursors.write(scope, place);
    expect(cursor).to.match(/^[\w-]+\.[\w-]{43}$/);
    for (const each of [cursors, createCursors(async () => 'key')])
      expect(await each.read(scope, cursor, isAny)).to.deep.equal(place);
  });

  it('is refused in every other scope, when it was signed with another key, and when its place is none of this list', async () => {
    const own = ['goals', 'u'];
    const cursor = await cursors.write(own, place);
    for (const scope of [['goals', 'v'], ['goals'], ['goals', 'u', undefined], ['u', 'goals'], ['goals,u']])
      await expectRefused(cursors.read(scope, cursor, isAny), String(scope));
    await expectRefused(createCursors(async () => 'another key').read(own, cursor, isAny));
    await expectRefused(cursors.read(own, cursor, (_data): _data is unknown => false));
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
    for (const wrong of [...near, ...wrongCursors(cursor, 500)])
      await expectRefused(cursors.read(scope, wrong, isAny), wrong);
  });
});

describe('the key of cursors', () => {
  const { db } = useTables();

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
