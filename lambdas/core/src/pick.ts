/** These properties of an object and no others, in this order; those that it lacks are undefined. */
export const pick = <From extends object, Name extends keyof From>(from: From, ...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<From, Name>;
