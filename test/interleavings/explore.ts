/**
 * Looks at one scenario, for people, or tries them all, for the tests:
 * node --import ./test/interleavings/hooks.ts test/interleavings/explore.ts <how> <scenario> [name=value ...]
 *
 * how: `deepen` (schedules with 0, 1, 2 … preemptions), `draw` (from a seed) or `replay` (one schedule, and what happens in
 * it); or `suite`, with `scenarios` or `mutants` for a scenario. The names: those of world/bounds.ts, and of OTHERS. See
 * docs/development.md.
 */
import { scenarioNamed } from './scenarios/index.ts';
import { run, type Subject, subjectOf } from './search/play.ts';
import { deepen, draw, repeat, shrink } from './search/search.ts';
import { suite } from './search/suite.ts';
import { BOUNDS } from './world/bounds.ts';
import { loadCode } from './world/handlers.ts';

/** What may be said besides the bounds, with what holds otherwise. `times` is PROPERTY_TIMES, for a suite. */
const OTHERS = { mutant: '', preemptions: 4, seed: 1, times: 1, schedules: Number.POSITIVE_INFINITY, choices: [''] };

const [how = '', name = '', ...rest] = process.argv.slice(2);

/** A value, of the kind of the one that it stands in for. */
function read(option: string, value: string, usual: unknown): unknown {
  if (typeof usual === 'boolean') return value === '1';
  if (typeof usual === 'string') return value;
  if (typeof usual === 'object') return value.split(',').filter((each) => each !== '');
  if (!/^\d+$/.test(value)) throw new Error(`${option} must be a whole number: ${value}`);
  return Number(value);
}

/** What arguments say instead of what is usual. */
function given<Usual extends object>(usual: Usual): Partial<Usual> {
  const found: Partial<Usual> = {};
  for (const argument of rest) {
    const [option = '', value = ''] = argument.split('=');
    if (!(option in BOUNDS || option in OTHERS)) throw new Error(`unknown argument ${option}`);
    if (option in usual) Reflect.set(found, option, read(option, value, Reflect.get(usual, option)));
  }
  return found;
}

/** Tells what happens in a schedule. */
async function tell(subject: Subject, choices: readonly number[]): Promise<void> {
  const trace: string[] = [];
  const { broken } = await run(subject, repeat(choices), trace);
  console.log(trace.join('\n'));
  if (Object.keys(broken).length > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  const { mutant, preemptions, seed, times, schedules, choices } = { ...OTHERS, ...given(OTHERS) };
  if (how === 'suite') {
    for await (const [each, found] of suite(name, seed, times)) console.log(JSON.stringify([each, found]));
    return;
  }
  const subject = subjectOf(scenarioNamed(name), await loadCode(mutant || undefined), given(BOUNDS));
  if (how === 'replay') return tell(subject, choices.map(Number));
  if (how !== 'deepen' && how !== 'draw') throw new Error('say suite, replay, deepen or draw');
  const { violations, ...counts } =
    how === 'draw' ? await draw(subject, seed, { schedules }) : await deepen(subject, preemptions, { schedules });
  console.log(JSON.stringify(counts));
  for (const [rule, { message, choices }] of Object.entries(violations)) {
    const plainest = await shrink(subject, rule, choices);
    console.log(`${rule}: ${message}\n  choices=${plainest.join()}`);
    await tell(subject, plainest);
  }
}

// What escapes from the code under test is caught by search/play.ts, so what escapes from the explorer must not.
await main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
process.exit();
