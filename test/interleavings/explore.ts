/**
 * Looks at one scenario, for people:
 * node --import ./test/interleavings/hooks.ts test/interleavings/explore.ts <how> <scenario> [name=value ...]
 *
 * how: `deepen` (schedules with 0, 1, 2 … preemptions), `explore` (all within the bounds), `draw` (from a seed) or `replay`
 * (one schedule, and what happens in it). See docs/development.md.
 */
import { parseArguments, type Task } from './search/arguments.ts';
import { run, subjectOf } from './search/play.ts';
import { deepen, draw, explore, type Found, repeat, shrink } from './search/search.ts';
import { loadCode } from './world/handlers.ts';

const MOST_PREEMPTIONS = 4;
const task = parseArguments(process.argv.slice(2));
const subject = subjectOf(task.scenario, await loadCode(task.mutant), task.bounds);

async function search({ how, preemptions, seed, limits }: Task): Promise<Found[]> {
  if (how === 'draw') return [await draw(subject, seed, limits)];
  if (how === 'explore') return [await explore(subject, preemptions, limits)];
  return deepen(subject, preemptions ?? MOST_PREEMPTIONS, limits);
}

/** Tells what happens in a schedule. */
async function tell(choices: readonly number[]): Promise<void> {
  const { world } = await run(subject, repeat(choices), true);
  console.log(world.trace?.join('\n'));
  if (world.broken.size > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  if (task.how === 'replay') return tell(task.choices);
  for (const { violations, notes, ...counts } of await search(task)) {
    console.log(JSON.stringify(counts));
    for (const [note, count] of notes) console.log(`  ${count}× ${note}`);
    for (const [rule, { message, choices }] of violations) {
      const plainest = await shrink(subject, rule, choices);
      console.log(`${rule}: ${message}\n  choices=${plainest.join()}`);
      await tell(plainest);
    }
  }
}

// What escapes from the code under test is caught by play.ts, so what escapes from the explorer must not.
await main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
process.exit();
