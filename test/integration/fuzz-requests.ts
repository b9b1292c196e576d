import fc from 'fast-check';
import { isObject, type JsonObject, locate, namesAt, type Operation, valueAt } from '../contract-document.ts';
import { anyCodePoint } from '../support/code-point.ts';

/** A request to send as it is. */
export interface FuzzedRequest {
  readonly method: string;
  /** Encoded, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Where the document describes the body, for `schemaErrors`; undefined for a call that takes none. */
  readonly bodyAt: readonly string[] | undefined;
}

/** Values of things that exist, by parameter name, so that requests get far. */
export type Known = Readonly<Record<string, readonly string[]>>;

const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\u202e',
  '\ud800',
  'a\udc00b',
  '\u0085\u009b',
  'a\u2028b',
  '\u200b\u3164',
  '\ufffd',
  '目'.repeat(201),
  'x'.repeat(3000),
  '__proto__',
  '-1',
  '9'.repeat(30),
];
const JUNK: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 1e300, [], {}, [[]], { constructor: {} }, ...TEXTS),
  fc.string({ unit: anyCodePoint, maxLength: 10 }),
  fc.jsonValue({ maxDepth: 2 }),
);
/** Path segments that mean nothing; already encoded. */
const SEGMENTS = [
  '%00',
  '%F0%9F%98%80',
  '%C2%A0',
  '%ZZ',
  '%ED%A0%80',
  '%C2%85%C2%9B',
  '%E2%80%A8',
  'null',
  '-',
  'x'.repeat(3000),
  'idempotency%23u',
  'user%23u',
];
/** What a header can hold at all. */
const HEADERS = ['', ' ', '*', 'W/', '"', 'x'.repeat(300), '\u00e9', 'a b', '"a", W/"b"', '\t'];

/** Values that fit a schema of the document, roughly: patterns are answered by examples. */
function fitting(document: JsonObject, at: readonly string[]): fc.Arbitrary<unknown> {
  const { at: here, value: schema } = locate(document, at);
  const { pattern, maxLength, minimum, maximum, maxItems } = schema;
  if (Array.isArray(schema.enum)) return fc.constantFrom<unknown>(...schema.enum);
  if (Array.isArray(schema.oneOf)) {
    return fc.oneof(...schema.oneOf.map((_, index) => fitting(document, [...here, 'oneOf', String(index)])));
  }
  const types: unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  switch (types[0]) {
    case 'object': {
      const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
      const names = namesAt(document, [...here, 'properties']);
      const fields: Record<string, fc.Arbitrary<unknown>> = {};
      for (const name of names) fields[name] = fitting(document, [...here, 'properties', name]);
      return fc.record(fields, { requiredKeys: required });
    }
    case 'array':
      return fc.array(fitting(document, [...here, 'items']), { maxLength: Math.min(Number(maxItems ?? 5), 5) });
    case 'integer':
      return fc.integer({ min: Number(minimum ?? -10), max: Number(maximum ?? 1000) });
    case 'string': {
      const days = ['2026-01-31', '2026-02-29', '2027-05-01T10:00:00.000Z', '2026-01-01T00:00:00+09:00', '9999-12-31'];
      const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(Number(maxLength ?? 20), 20) });
      const isDay = schema.format === 'date' || String(pattern).includes('T(');
      const fit: fc.Arbitrary<unknown> = isDay ? fc.constantFrom(...days) : text;
      return types.includes('null') ? fc.option(fit) : fit;
    }
    default:
      return JUNK;
  }
}

/** The value with one of its parts, or all of it, replaced, taken out, or added to. */
function broken(value: unknown): fc.Arbitrary<unknown> {
  const choices: fc.Arbitrary<unknown>[] = [JUNK];
  if (Array.isArray(value)) {
    choices.push(JUNK.map((junk) => [...value, junk]));
    choices.push(fc.constant(Array.from({ length: 66 }, () => value[0])));
    const [first, ...rest]: unknown[] = value;
    if (value.length > 0) choices.push(broken(first).map((part) => [part, ...rest]));
  } else if (isObject(value)) {
    choices.push(fc.tuple(fc.string(), JUNK).map(([name, junk]) => ({ ...value, [name]: junk })));
    for (const [name, part] of Object.entries(value)) {
      const { [name]: _, ...rest } = value;
      choices.push(fc.constant(rest));
      choices.push(broken(part).map((other) => ({ ...value, [name]: other })));
    }
  }
  return fc.oneof(...choices);
}

const mostly = <T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: right }, { weight: 1, arbitrary: wrong });

interface Parameter {
  readonly name: string;
  readonly in: unknown;
  readonly schemaAt: readonly string[];
}

function parametersOf(document: JsonObject, { at }: Operation): Parameter[] {
  return [at.slice(0, -1), at].flatMap((owner) =>
    namesAt(document, [...owner, 'parameters']).map((index) => {
      const { at: here, value } = locate(document, [...owner, 'parameters', index]);
      return { name: String(value.name), in: value.in, schemaAt: [...here, 'schema'] };
    }),
  );
}

/** Requests of an operation as the document describes them, broken at random in path, query, headers or body. */
export function requestsOf(document: JsonObject, operation: Operation, known: Known): fc.Arbitrary<FuzzedRequest> {
  const parameters = parametersOf(document, operation);
  const placed = (where: string) => parameters.filter((parameter) => parameter.in === where);
  const knownOr = ({ name, schemaAt }: Parameter): fc.Arbitrary<unknown> =>
    known[name] === undefined ? fitting(document, schemaAt) : fc.constantFrom(...known[name]);
  const segments = placed('path').map((parameter): [string, fc.Arbitrary<string>] => [
    parameter.name,
    mostly(
      knownOr(parameter).map((value) => encodeURIComponent(String(value))),
      fc.constantFrom(...SEGMENTS),
    ),
  ]);
  const query = fc.array(
    fc.oneof(
      ...placed('query').map((parameter) => ({
        // A cursor comes far when all else is right.
        weight: parameter.name === 'cursor' ? 6 : 2,
        arbitrary: mostly(knownOr(parameter), JUNK).map((value): [string, string] => [parameter.name, text(value)]),
      })),
      fc.constantFrom<[string, string]>(['unknown', 'x'], ['__proto__', 'x'], ['a\u0085~/b', 'x']),
    ),
    { maxLength: placed('query').length === 0 ? 0 : 3 },
  );
  // API Gateway gives a body as text or in Base64 by this.
  const types = ['application/json', 'application/json; charset=utf-8', 'text/plain', 'application/octet-stream'];
  const headers = placed('header').map(({ name }): [string, fc.Arbitrary<string>] => [
    name,
    mostly(fc.constantFrom(...(known[name] ?? ['x'])), fc.constantFrom(...HEADERS)),
  ]);
  const describedAt = [...operation.at, 'requestBody', 'content', 'application/json', 'schema'];
  const bodyAt = valueAt(document, describedAt) === undefined ? undefined : describedAt;
  const fit: fc.Arbitrary<unknown> = bodyAt === undefined ? fc.constant(undefined) : fitting(document, bodyAt);
  const body: fc.Arbitrary<string | undefined> = fc.oneof(
    { weight: 3, arbitrary: fit.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: fit.chain(broken).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constantFrom('', '{', 'null', '"x"', '[', '{"a":1', '\u0000', '['.repeat(2000)) },
  );
  return fc
    .record({
      segments: fc.record(Object.fromEntries(segments)),
      query,
      headers: fc.record(
        { ...Object.fromEntries(headers), 'content-type': fc.constantFrom(...types) },
        { requiredKeys: [] },
      ),
      body: operation.method === 'GET' ? fc.constant(undefined) : body,
    })
    .map((parts) => {
      const path = operation.template.replace(/\{(\w+)\}/g, (_, name: string) => parts.segments[name] ?? '');
      const search = new URLSearchParams(parts.query).toString();
      return {
        method: operation.method,
        path: search === '' ? path : `${path}?${search}`,
        headers: Object.fromEntries(Object.entries(parts.headers).map(([name, value]) => [name, value ?? ''])),
        body: parts.body === '' ? undefined : parts.body,
        bodyAt,
      };
    });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
