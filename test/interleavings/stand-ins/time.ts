/** When every run begins; milliseconds since the epoch. */
export const BEGINNING = Date.parse('2026-01-01T00:00:00.000Z');

/** The time of all that is explored: it stands still until a schedule lets it pass. */
export const clock = { now: BEGINNING };

/** Replaces time and chance in this process, so that a schedule always runs in the same way. */
export function replaceTimeAndChance(): void {
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [clock.now] : args, newTarget),
    get: (target, name) => (name === 'now' ? () => clock.now : Reflect.get(target, name)),
  });
  // Errors are most of what is answered; their stacks would be much of what a run costs.
  Error.stackTraceLimit = 3;
  Math.random = () => 0.5;
  performance.now = () => clock.now;
  const never = new AbortController().signal;
  AbortSignal.timeout = () => never;
  // A limit of the code itself is never reached: an invocation is ended by its own time, which passes in the world.
  const timer = Object.assign(() => 0, { __promisify__: () => Promise.resolve() });
  Object.assign(globalThis, {
    setTimeout: timer,
    setInterval: timer,
    clearTimeout: () => undefined,
    clearInterval: () => undefined,
  });
}
