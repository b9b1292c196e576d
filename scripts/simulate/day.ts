const HOURS = 24;
const HOUR_SECONDS = 3600;
export const DAY_SECONDS = HOURS * HOUR_SECONDS;
/** The busiest hour begins then: in the evening. */
const PEAK_HOUR = 20;

/**
 * Runs a second in each hour of a day: one smooth wave with its top at 20:00 (the shape of von Mises' distribution).
 * @param peak the busiest hour, as a multiple of the mean; 1 for a flat day
 */
export function profile(runsPerDay: number, peak: number): number[] {
  const shapeOf = (sharpness: number) => {
    const heights = Array.from({ length: HOURS }, (_, hour) =>
      Math.exp(sharpness * (Math.cos((2 * Math.PI * (hour - PEAK_HOUR)) / HOURS) - 1)),
    );
    const sum = heights.reduce((total, height) => total + height, 0);
    return heights.map((height) => (height * HOURS) / sum);
  };
  // The sharper the wave, the higher its top: halving finds the one that is wanted.
  let [low, high] = [0, 100];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (Math.max(...shapeOf(middle)) < peak) low = middle;
    else high = middle;
  }
  return shapeOf(high).map((times) => (times * runsPerDay) / HOURS / HOUR_SECONDS);
}

/** The hour of a day in which something is reached first, as `09:00`; undefined when it never is. */
export function firstHour<Hour>(hours: readonly Hour[], isReached: (hour: Hour) => boolean): string | undefined {
  const hour = hours.findIndex(isReached);
  return hour === -1 ? undefined : `${String(hour).padStart(2, '0')}:00`;
}

/**
 * Those who wait to be let in, when a stage finishes fewer runs than come (a fluid, hour by hour).
 * @param capacity runs a second that the stage finishes
 * @returns the longest wait of the day in hours, of whoever comes last in the worst hour; how many still wait at its end
 */
export function backlog(rates: readonly number[], capacity: number): { longestHours: number; left: number } {
  let waiting = 0;
  let most = 0;
  for (const rate of rates) {
    waiting = Math.max(0, waiting + (rate - capacity) * HOUR_SECONDS);
    most = Math.max(most, waiting);
  }
  return { longestHours: most / capacity / HOUR_SECONDS, left: waiting };
}
