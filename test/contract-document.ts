/** Reads an OpenAPI document and finds its way in it: `$ref`s, operations, examples. No checks of answers here. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A value of the document together with the JSON pointer tokens that lead to it. */
export interface Located {
  readonly at: readonly string[];
  readonly value: JsonObject;
}

/** One operation; `operationId` is unique in the document. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly template: string;
  readonly at: readonly string[];
  /** Statuses that it documents. */
  readonly statuses: readonly number[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `['a', 'b/c']` as the reference `#/a/b~1c`. */
export function toReference(at: readonly string[]): string {
  return `#${at.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}

/** @throws Error when the file is missing, or no YAML */
export function readDocument(pathToYaml: string): JsonObject {
  return parse(readFileSync(pathToYaml, 'utf8'));
}

/** The value at a pointer, or undefined. Follows no `$ref`. */
export function valueAt(document: unknown, at: readonly string[]): unknown {
  let value = document;
  for (const token of at) {
    if (Array.isArray(value)) value = value[Number(token)];
    else value = isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
  }
  return value;
}

/**
 * The object at a pointer, with every `$ref` at its end followed. They are to `components`, whose names need no escapes.
 * @throws Error when there is none
 */
export function locate(document: JsonObject, at: readonly string[]): Located {
  const value = valueAt(document, at);
  if (!isObject(value)) throw new Error(`${toReference(at)} does not exist, or is no object`);
  return typeof value.$ref === 'string' ? locate(document, value.$ref.split('/').slice(1)) : { at, value };
}

/** The names under an object of the document, or the indexes of an array; none when it is absent. */
export function namesAt(document: JsonObject, at: readonly string[]): string[] {
  const value = valueAt(document, at);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

export function operationsOf(document: JsonObject): Operation[] {
  return namesAt(document, ['paths']).flatMap((template) =>
    namesAt(document, ['paths', template])
      .filter((method) => METHODS.includes(method))
      .map((method) => {
        const at = ['paths', template, method];
        const statuses = namesAt(document, [...at, 'responses']).map(Number);
        return {
          operationId: String(valueAt(document, [...at, 'operationId'])),
          method: method.toUpperCase(),
          template,
          at,
          statuses,
        };
      }),
  );
}

/** Every node of the document, depth first, with its pointer. */
export function* nodes(
  value: unknown,
  at: readonly string[] = [],
): Generator<{ at: readonly string[]; value: unknown }> {
  yield { at, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) yield* nodes(child, [...at, name]);
}
