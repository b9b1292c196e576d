import { expect } from 'chai';
import { Problem } from '../../src/errors.ts';

/** Expects a refusal of this code, with words for a person: a title, and a sentence that says what is wrong this time. */
export function expectRefusal(thrown: unknown, status: number, code: string): void {
  expect(thrown).to.be.instanceOf(Problem).and.include({ status, code });
  const { title, message } = thrown instanceof Problem ? thrown : { title: '', message: '' };
  expect(title, 'title').to.match(/^\w[\w -]*$/);
  expect(message, 'detail').to.match(/^\w.*\.$/);
}
