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

/** A number below 2^53 that is very likely another one for another text. */
export function hash(text: string): number {
  let a = 0x9dc5811c | 0;
  let b = 0x1b873593 | 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
    b ^= b >>> 13;
  }
  a ^= a >>> 15;
  a = Math.imul(a, 0x2c1b3c6d);
  a ^= a >>> 12;
  b = Math.imul(b ^ (b >>> 16), 0xc2b2ae35);
  b ^= b >>> 16;
  return (a >>> 0) * 0x200000 + (b >>> 11);
}
