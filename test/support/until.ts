import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a condition that costs nothing to look at, such as one of the engine in this process.
 * @param what the condition says, for the message of the failure; its source unless given
 * @throws Error after `limitMs`
 */
export async function until(condition: () => boolean, what = String(condition), limitMs = 60_000): Promise<void> {
  for (const giveUpAt = performance.now() + limitMs; !condition(); await sleep(5))
    if (performance.now() > giveUpAt) throw new Error(`waited in vain until ${what}`);
}
