import { hash as digestBy } from 'node:crypto';

/** A row, as the document client has it. */
export type Item = Readonly<Record<string, unknown>>;

const digests = new WeakMap<object, number>();

/** The digest of a row at a place; text that has the row has this number instead from then on. */
export function digestOf(key: string, item: Item): number {
  const digest = digests.get(item) ?? hash(key + canonical(item));
  digests.set(item, digest);
  return digest;
}

/** Text that is the same for equal values, sets included. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const digest = digests.get(value);
  if (digest !== undefined) return String(digest);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Set) return `{${[...value].map(canonical).sort().join()}}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${name}:${canonical(Reflect.get(value, name))}`).join()}}`;
}

/** A number below 2^52 that is very likely another one for another text. */
export const hash = (text: string) => Number(`0x${digestBy('sha1', text).slice(0, 13)}`);
