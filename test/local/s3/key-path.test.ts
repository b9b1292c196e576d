import { resolve, sep } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { S3Error } from '../../../local/aws/s3/errors.ts';
import { keyOfPath, pathOfKey } from '../../../local/aws/s3/key-path.ts';
import { anyCodePoint } from '../../support/code-point.ts';

const ROOT = `${sep}data${sep}s3${sep}bucket`;
const parts = fc.constantFrom('.', '..', '...', '', '/', '%', '%2E', '~', '\0', '\\', ':', '*', 'a', '日本', ' ');
const key = fc.oneof(
  fc.string({ unit: anyCodePoint, minLength: 1, maxLength: 60 }),
  fc.array(parts, { minLength: 1, maxLength: 12 }).map((list) => list.join('')),
  fc.array(parts, { minLength: 1, maxLength: 12 }).map((list) => list.join('/')),
);

describe('the path of a key', () => {
  it('reads like the key of an archived execution', () => {
    const archived = 'executions/goalId=0b6f8f5e/date=2026-01-31/0b6f8f5e-1.json';
    expect(pathOfKey(archived)).to.equal(archived);
  });

  it('stays within the folder, holds no character that a file system minds, and leads back to the key', () => {
    fc.assert(
      fc.property(key, (text) => {
        let path: string;
        try {
          path = pathOfKey(text);
        } catch (error) {
          expect(error).to.be.instanceOf(S3Error);
          expect(text === '' || !text.isWellFormed() || Buffer.byteLength(text) > 80).to.equal(true);
          return;
        }
        expect(resolve(ROOT, path).startsWith(ROOT + sep)).to.equal(true);
        expect(resolve(ROOT, path)).to.equal(ROOT + sep + path);
        expect(path).to.match(/^[\w!'()~.%=/-]+$/);
        expect(keyOfPath(path)).to.equal(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('differs for keys that differ', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        fc.pre(one !== other && [one, other].every((text) => text !== '' && text.isWellFormed()));
        expect(pathOfKey(one)).not.to.equal(pathOfKey(other));
      }),
    );
  });

  it('is refused for a key that is empty, too long, or no Unicode', () => {
    for (const [text, code] of [
      ['', 'InvalidArgument'],
      ['x'.repeat(256), 'KeyTooLongError'],
      ['x/'.repeat(513), 'KeyTooLongError'],
      ['\ud800', 'InvalidURI'],
    ] as const) {
      expect(() => pathOfKey(text))
        .to.throw(S3Error)
        .with.property('code', code);
    }
    expect(pathOfKey('x'.repeat(255))).to.have.length(255);
  });

  it('is nobody’s for a file that somebody else put there', () => {
    for (const path of ['..', 'a b', 'a//b', '%zz', '%2e']) expect(keyOfPath(path), path).to.equal(undefined);
  });
});
