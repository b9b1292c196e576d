import { expect } from 'chai';
import { preferredType } from '../../src/http/accept.ts';

describe('preferredType', () => {
  for (const [header, expected] of [
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/csv', 'text/csv'],
    ['TEXT/CSV; charset=utf-8', 'text/csv'],
    ['text/*', 'text/csv'],
    ['text/html, text/csv', 'text/csv'],
    ['text/html', 'application/json'],
    ['text/csv, application/json', 'application/json'],
    ['text/csv, */*', 'application/json'],
    ['text/csv, */*;q=0.8', 'text/csv'],
    ['text/csv;q=0.5, application/json;q=0.4', 'text/csv'],
    ['text/csv; q=0.4, application/*;q=0.5', 'application/json'],
    ['text/*;q=0.9, text/csv;q=0.1, application/json;q=0.5', 'application/json'],
    ['application/json;q=0, */*', 'text/csv'],
    ['text/csv;q=0', 'application/json'],
    ['*/*;q=0', 'application/json'],
    ['text/csv;q=x', 'application/json'],
    ['text/csv;q=2', 'application/json'],
    [',;, text/csv ,', 'text/csv'],
  ] as const) {
    it(`is ${expected} of ${header}`, () => {
      expect(preferredType(header, ['application/json', 'text/csv'])).to.equal(expected);
    });
  }
});
