/** An object without the fields that are undefined, for properties that may be left out but not be undefined. */
export function defined<T extends object>(of: T): { readonly [Key in keyof T]?: Exclude<T[Key], undefined> } {
  // Object.fromEntries forgets which keys it was given.
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof defined<T>
  >;
}
