import { Problem } from '../errors.ts';
import type { Executions } from '../execution/executions.ts';

/** How old the count of what runs may be: many starts a second share one. */
const COUNT_MS = 1_000;
/** A refused start is to come again after this long, and up to as much later, so that those who wait do not come together. */
export const COME_AGAIN_SECONDS = 10;

/** Lets executions begin, or not (requirement 17). */
export interface Admission {
  /**
   * Whether one more execution may begin.
   * @param countOwn executions that its user has running; asked for only if it matters
   */
  isOpenTo(countOwn: () => Promise<number>): Promise<boolean>;
  /** Says that one begins: the index does not show it yet. */
  note(): void;
}

/**
 * Admits as many executions as the stage can finish in time. Of the last places, users get the more the fewer executions they
 * have: with `maxOfUser` places each, a user with n running may take the stage's places up to the share
 * (maxOfUser - n) / maxOfUser of them. So who has nothing running finds a place when those who have some do not. The
 * count comes from an index and is shared for a second, so a burst may pass the limit by what other processes admit in it.
 * @param max executions that the stage may have running
 * @param maxOfUser executions that a user may have running
 */
export function createAdmission(
  executions: Pick<Executions, 'countOpen' | 'now'>,
  { max, maxOfUser }: { max: number; maxOfUser: number },
): Admission {
  let count: { readonly at: number; readonly open: Promise<number> } | undefined;
  let begun = 0;

  function countOpen(): Promise<number> {
    const at = executions.now().getTime();
    if (count === undefined || at - count.at >= COUNT_MS) {
      begun = 0;
      const counted = { at, open: executions.countOpen() };
      count = counted;
      counted.open.catch(() => {
        if (count === counted) count = undefined;
      });
    }
    return count.open;
  }

  return {
    async isOpenTo(countOwn) {
      const open = (await countOpen()) + begun;
      const isOpenWith = (own: number) => open < (max * (maxOfUser - own)) / maxOfUser;
      return isOpenWith(maxOfUser - 1) || isOpenWith(await countOwn());
    },
    note() {
      begun += 1;
    },
  };
}

export function tooBusy(): Problem {
  const detail = 'Many people are starting at this moment. Nothing was changed. Send the same request again.';
  const retryAfterSeconds = COME_AGAIN_SECONDS + Math.floor(Math.random() * (COME_AGAIN_SECONDS + 1));
  return new Problem(503, 'too_busy', 'Too many executions are running', detail, { retryAfterSeconds });
}
