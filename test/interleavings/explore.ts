/**
 * Looks at one scenario, for people:
 * node --import ./test/interleavings/hooks.ts test/interleavings/explore.ts <how> <scenario> [name=value ...]
 *
 * how: `deepen` (schedules with 0, 1, 2 … preemptions), `explore` (all within the bounds), `draw` (from a seed) or `replay`
 * (one schedule, and what happens in it). The names: those of world/bounds.ts, `mutant`, `preemptions`, `seed`, `schedules`,
 * `seconds`, `choices`. See docs/development.md.
 */
import { DRAWN, EXPLORED } from './scenarios/index.ts';
import { run, subjectOf } from './search/play.ts';
import { deepen, draw, explore, type Found, repeat, shrink } from './search/search.ts';
import { BOUNDS, type Bounds, MODES } from './world/bounds.ts';
import { loadCode } from './world/handlers.ts';
import { LAMBDAS } from './world/lambdas.ts';

const HOWS = ['deepen', 'explore', 'draw', 'replay'];
const OTHERS = ['mutant', 'preemptions', 'seed', 'schedules', 'seconds', 'choices'];
const MOST_PREEMPTIONS = 4;

const [how = '', name = '', ...rest] = process.argv.slice(2);
const given = new Map(rest.map((argument) => [argument.replace(/=.*$/s, ''), argument.replace(/^[^=]*=?/, '')]));
const listOf = (value = '') => value.split(',').filter((text) => text !== '');

function numberOf(option: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`${option} must be a whole number: ${value}`);
  return Number(value);
}

function count(option: string): number | undefined {
  const value = given.get(option);
  return value === undefined ? undefined : numberOf(option, value);
}

/** The bounds that arguments name; a scenario's own bounds hold for the others. */
function boundsGiven(): Partial<Bounds> {
  const bounds: Partial<Bounds> = {};
  for (const [option, value] of given) {
    const usual: unknown = Reflect.get(BOUNDS, option);
    if (typeof usual === 'number') Reflect.set(bounds, option, numberOf(option, value));
    else if (typeof usual === 'boolean') Reflect.set(bounds, option, value === '1');
    else if (usual !== undefined) {
      const known: readonly string[] = option === 'modes' ? MODES : LAMBDAS;
      const other = listOf(value).find((each) => !known.includes(each));
      if (other !== undefined) throw new Error(`${option} does not know ${other}`);
      Reflect.set(bounds, option, listOf(value));
    } else if (!OTHERS.includes(option)) throw new Error(`unknown argument ${option}`);
  }
  return bounds;
}

async function subjectGiven() {
  const all = { ...EXPLORED, ...DRAWN };
  const scenario = all[name];
  if (!HOWS.includes(how)) throw new Error(`say one of ${HOWS.join(', ')}`);
  if (scenario === undefined) throw new Error(`scenarios: ${Object.keys(all).join(' ')}`);
  return subjectOf(scenario, await loadCode(given.get('mutant')), boundsGiven());
}

type Subject = Awaited<ReturnType<typeof subjectGiven>>;

async function search(subject: Subject): Promise<Found[]> {
  const seconds = count('seconds');
  const limits = { schedules: count('schedules'), milliseconds: seconds && 1000 * seconds };
  if (how === 'draw') return [await draw(subject, count('seed') ?? 1, limits)];
  if (how === 'explore') return [await explore(subject, count('preemptions'), limits)];
  return deepen(subject, count('preemptions') ?? MOST_PREEMPTIONS, limits);
}

/** Tells what happens in a schedule. */
async function tell(subject: Subject, choices: readonly number[]): Promise<void> {
  const { world } = await run(subject, repeat(choices), true);
  console.log(world.trace?.join('\n'));
  if (world.broken.size > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  const subject = await subjectGiven();
  if (how === 'replay') {
    return tell(
      subject,
      listOf(given.get('choices')).map((choice) => numberOf('choices', choice)),
    );
  }
  for (const { violations, notes, ...counts } of await search(subject)) {
    console.log(JSON.stringify(counts));
    for (const [note, times] of notes) console.log(`  ${times}× ${note}`);
    for (const [rule, { message, choices }] of violations) {
      const plainest = await shrink(subject, rule, choices);
      console.log(`${rule}: ${message}\n  choices=${plainest.join()}`);
      await tell(subject, plainest);
    }
  }
}

// What escapes from the code under test is caught by recording.ts, so what escapes from the explorer must not.
await main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
process.exit();
