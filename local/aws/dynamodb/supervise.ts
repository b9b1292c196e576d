import { DynoxideFailed, type DynoxideProcess } from './dynoxide-process.ts';

/** Starts dynoxide where it was. */
export type Restart = () => Promise<DynoxideProcess | DynoxideFailed>;

const ATTEMPTS = 10;
/** One that has run for as long as this gets all its attempts again. */
const STABLE_MS = 10_000;

/**
 * Watches over a dynoxide: one that ends is started again, unless it ends again and again.
 * @param restart undefined when its data ended with it
 * @param onRestart is told how it ended
 */
export function supervise(first: DynoxideProcess, restart: Restart | undefined, onRestart: (how: string) => void) {
  let running = first;
  let isClosing = false;
  let attempts = 0;

  /** @returns why it has ended for good; undefined when it is closed */
  async function watch(): Promise<DynoxideFailed | undefined> {
    for (;;) {
      const since = performance.now();
      const how = await running.ended;
      if (isClosing) return undefined;
      if (restart === undefined) {
        return new DynoxideFailed(`dynoxide has ended (${how}), and with it all data, which it had in memory`);
      }
      onRestart(how);
      if (performance.now() - since > STABLE_MS) attempts = 0;
      const again = await startAgain(restart, how);
      if (again instanceof DynoxideFailed) return again;
      running = again;
      if (isClosing) return undefined;
    }
  }

  async function startAgain(start: Restart, how: string): Promise<DynoxideProcess | DynoxideFailed> {
    let why = how;
    while (attempts < ATTEMPTS && !isClosing) {
      attempts += 1;
      try {
        const started = await start();
        if (!(started instanceof DynoxideFailed)) return started;
        why = started.message;
      } catch (error) {
        why = String(error);
      }
    }
    return new DynoxideFailed(`dynoxide ended again and again, ${ATTEMPTS} times: ${why}`);
  }

  const watched = watch();
  return {
    pid: () => running.pid,
    /** Never resolves after a close. */
    lost: new Promise<DynoxideFailed>((resolve) => {
      void watched.then((failure) => failure !== undefined && !isClosing && resolve(failure));
    }),
    async close(): Promise<void> {
      isClosing = true;
      await running.stop();
      // It may have been started again meanwhile.
      await watched;
      await running.stop();
    },
  };
}
