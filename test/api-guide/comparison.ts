/** Compares answers with those that docs/api.md shows. What it learns of one answer, ids above all, it knows in the next. */
import { isObject, type JsonObject } from '../contract-document.ts';
import type { Answer } from './examples.ts';

/** On the page: members or items that are left out, and there are some. */
const REST = '...';
/** Texts that are others in every run: ids, ETags and cursors, which stay the same in one run, and times. */
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=^W\/")[\w-]+|^eyJ[\w.-]+/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
/** Numbers that are others in every run. */
const MEASURED: ReadonlySet<string> = new Set(['id', 'durationMs', 'estimatedSecondsRemaining']);

type Known = ReadonlyMap<string, string>;
/** What has been learned when it fits, or why it does not. */
type Result = { readonly known: Known } | { readonly difference: string };

const differs = (at: string, shown: unknown, given: unknown): Result => ({
  difference: `${at || 'the answer'}: shown ${JSON.stringify(shown)}, answered ${JSON.stringify(given)}`,
});

export function createComparison(first: Readonly<Record<string, string>>) {
  let known: Known = new Map(Object.entries(first));
  return {
    /** A text of the page with what stands in this run for its ids. */
    translate: (text: string) => translate(text, known),
    /** Why an answer is not the one that is shown; undefined when it is, and then its ids are known from now on. */
    difference(shown: Answer, given: Answer): string | undefined {
      const result = compareAnswers(shown, given, known);
      if ('difference' in result) return result.difference;
      known = result.known;
      return undefined;
    },
  };
}

const translate = (text: string, known: Known): string =>
  [...known].reduce((translated, [onPage, here]) => translated.replaceAll(onPage, here), text);

function compareAnswers(shown: Answer, given: Answer, known: Known): Result {
  if (shown.status !== given.status) return differs('status', shown.status, `${given.status} ${given.body}`);
  let result: Result = { known };
  for (const [name, value] of shown.headers) {
    if ('known' in result) result = compareTexts(name, value, given.headers.get(name) ?? '', result.known);
  }
  if ('difference' in result) return result;
  if (shown.headers.get('content-type')?.startsWith('text/csv'))
    return given.body.startsWith(shown.body.replace(REST, '').replaceAll('\n', '\r\n'))
      ? result
      : differs('body', shown.body, given.body);
  return compare('', parseShown(shown.body), given.body === '' ? undefined : JSON.parse(given.body), result.known);
}

/** JSON in which `...` may stand last in an object or an array. @throws SyntaxError */
function parseShown(body: string): unknown {
  if (body === '') return undefined;
  return JSON.parse(
    body.replaceAll(/,\s*\.\.\.\s*([}\]])/g, (_, end) => `, "${REST}"${end === '}' ? ': true}' : ']'}`),
  );
}

function compare(at: string, shown: unknown, given: unknown, known: Known): Result {
  if (typeof shown === 'string' && typeof given === 'string') return compareTexts(at, shown, given, known);
  if (Array.isArray(shown) && Array.isArray(given)) return compareItems(at, shown, given, known);
  if (isObject(shown) && isObject(given)) return compareMembers(at, shown, given, known);
  const isMeasured = typeof shown === 'number' && typeof given === 'number' && MEASURED.has(at.split('/').at(-1) ?? '');
  return isMeasured || shown === given ? { known } : differs(at, shown, given);
}

function compareTexts(at: string, shown: string, given: string, known: Known): Result {
  const form = (text: string) => text.replaceAll(TIME, 'a time').replaceAll(ID, 'an id');
  if (form(shown) !== form(given)) return differs(at, shown, given);
  const ids = given.match(ID) ?? [];
  const learned = new Map(known);
  for (const [index, id] of (shown.match(ID) ?? []).entries()) {
    const here = ids[index] ?? '';
    if ((learned.get(id) ?? here) !== here) return differs(at, `${shown}, which stands for ${learned.get(id)}`, given);
    learned.set(id, here);
  }
  return { known: learned };
}

/** Where items are left out, those that are shown may be any of them. */
function compareItems(at: string, shown: readonly unknown[], given: readonly unknown[], known: Known): Result {
  const isWhole = shown.at(-1) !== REST;
  const items = isWhole ? shown : shown.slice(0, -1);
  if (isWhole ? items.length !== given.length : items.length >= given.length) return differs(at, shown, given);
  const left = [...given];
  let result: Result = { known };
  for (const [index, item] of items.entries()) {
    if ('difference' in result) return result;
    const { known: learned }: { known: Known } = result;
    const candidates = isWhole ? left.slice(0, 1) : left;
    const results = candidates.map((each): Result => compare(`${at}/${index}`, item, each, learned));
    const found = results.findIndex((each) => 'known' in each);
    result = results[Math.max(found, 0)] ?? differs(at, item, given);
    left.splice(Math.max(found, 0), 1);
  }
  return result;
}

function compareMembers(at: string, shown: JsonObject, given: JsonObject, known: Known): Result {
  const names = Object.keys(shown).filter((name) => name !== REST);
  const others = Object.keys(given).filter((name) => !names.includes(name));
  if (REST in shown ? others.length === 0 : others.length > 0)
    return { difference: `${at || 'the answer'}: left out are ${JSON.stringify(others)}` };
  let result: Result = { known };
  for (const name of names) {
    if ('known' in result) result = compare(`${at}/${name}`, shown[name], given[name], result.known);
  }
  return result;
}
