import { DRAWN, EXPLORED } from '../scenarios/index.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { type Bounds, MODES, type Mode } from '../world/bounds.ts';
import { isLambda, type Lambda } from '../world/lambdas.ts';
import type { Limits } from './search.ts';

const HOWS = ['deepen', 'explore', 'draw', 'replay'] as const;
export type How = (typeof HOWS)[number];

/** What one call of explore.ts is to do. */
export interface Task {
  readonly how: How;
  readonly name: string;
  readonly scenario: Scenario;
  /** Where they differ from those of the scenario. */
  readonly bounds: Partial<Bounds>;
  readonly mutant: string | undefined;
  readonly preemptions: number | undefined;
  readonly seed: number;
  readonly limits: Limits;
  /** Of a schedule that is replayed. */
  readonly choices: readonly number[];
}

const isHow = (value: string | undefined): value is How => HOWS.some((how) => how === value);
const isMode = (value: string): value is Mode => MODES.some((mode) => mode === value);

function numberOf(name: string, value: string): number {
  const number = Number(value);
  if (value === '' || !Number.isInteger(number) || number < 0)
    throw new Error(`${name} must be a whole number: ${value}`);
  return number;
}

function listOf<Element extends string>(
  name: string,
  value: string,
  isElement: (text: string) => text is Element,
): Element[] {
  return value
    .split(',')
    .filter((text) => text !== '')
    .map((text) => {
      if (!isElement(text)) throw new Error(`${name} does not know ${text}`);
      return text;
    });
}

const COUNTS = [
  'faults',
  'opens',
  'torn',
  'events',
  'retries',
  'lags',
  'stales',
  'sweepCallSeconds',
  'batchSize',
] as const;
const SWITCHES = ['generates', 'waits', 'everything'] as const;

/** The bounds that arguments name; a scenario's own bounds hold for the others. */
function boundsIn(options: ReadonlyMap<string, string>): Partial<Bounds> {
  const given: { -readonly [Name in keyof Bounds]?: Bounds[Name] } = {};
  for (const [name, value] of options) {
    const count = COUNTS.find((each) => each === name);
    const isOn = SWITCHES.find((each) => each === name);
    if (count !== undefined) given[count] = numberOf(name, value);
    else if (isOn !== undefined) given[isOn] = value === '1';
    else if (name === 'modes') given.modes = listOf(name, value, isMode);
    else if (name === 'atomic') given.atomic = listOf<Lambda>(name, value, isLambda);
    else if (!OTHERS.has(name)) throw new Error(`unknown argument ${name}`);
  }
  return given;
}

const OTHERS: ReadonlySet<string> = new Set(['mutant', 'preemptions', 'seed', 'schedules', 'seconds', 'choices']);

/** @throws Error saying what there is */
export function parseArguments([how, name = '', ...rest]: readonly string[]): Task {
  const all = { ...EXPLORED, ...DRAWN };
  const scenario = all[name];
  if (!isHow(how)) throw new Error(`say one of ${HOWS.join(', ')}`);
  if (scenario === undefined) throw new Error(`scenarios: ${Object.keys(all).join(' ')}`);
  const options = new Map(rest.map((argument) => [argument.replace(/=.*$/s, ''), argument.replace(/^[^=]*=?/, '')]));
  const count = (option: string) => {
    const value = options.get(option);
    return value === undefined ? undefined : numberOf(option, value);
  };
  const [schedules, seconds] = [count('schedules'), count('seconds')];
  return {
    how,
    name,
    scenario,
    bounds: boundsIn(options),
    mutant: options.get('mutant'),
    preemptions: count('preemptions'),
    seed: count('seed') ?? 1,
    limits: {
      ...(schedules === undefined ? {} : { schedules }),
      ...(seconds === undefined ? {} : { milliseconds: 1000 * seconds }),
    },
    choices: (options.get('choices') ?? '')
      .split(',')
      .flatMap((text) => (text === '' ? [] : [numberOf('choices', text)])),
  };
}
