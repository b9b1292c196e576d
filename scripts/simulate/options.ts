import { LIMITS } from '../../lambdas/core/src/schema.ts';
import { parseSetting, SettingError } from '../../local/settings.ts';
import { realStages } from '../../modules/config.ts';
import { AI } from './workload.ts';

export interface Options {
  readonly stage: string;
  readonly runsPerDay: number;
  /** How many times the mean the busiest hour has. */
  readonly peak: number;
  readonly actions: number;
  readonly aiSeconds: number;
  readonly seed: string;
  /** Prints one line of JSON in place of the tables. */
  readonly isJson: boolean;
  /** Values in place of the stage's and the account's, by the limits' names. */
  readonly limits: Readonly<Record<string, number>>;
  /** Where the chart is written. */
  readonly chart: string;
}

/** Where a tag ends: what people use. */
const [PRODUCTION = ''] = realStages().slice(-1);

export const USAGE = `make simulate [NAME=value ...]: which limit of a stage bites first, and when

RUNS_PER_DAY  executions a day; 1 to 1e8 (1000000)
STAGE         whose settings: a stage of modules/settings.json (${PRODUCTION})
PEAK          the busiest hour, as a multiple of the mean of the day; 1 to 6 (3)
ACTIONS       actions of an execution; 1 to 64 (64)
AI_SECONDS    mean seconds of an AI answer; 0.1 to 100 (${AI.seconds})
LIMITS        JSON of limits that differ from the defaults, such as {"transitions":5000,"bedrockTokens":1e7}
SEED          the same seed draws the same (1)
CHART         file for the chart (dist/simulate.svg)
JSON=1        one line of JSON in place of the tables`;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws SettingError naming the variable, what it is and what it must be */
export function readOptions(environment: Environment): Options {
  const read = (name: string, otherwise: number, least: number, most: number, isWhole = false): number => {
    const value = Number(environment[name] || otherwise);
    if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
    const kind = isWhole ? 'a whole number' : 'a number';
    throw new SettingError(`${name} is ${environment[name]}; it must be ${kind} from ${least} to ${most}`);
  };
  return {
    stage: environment.STAGE || PRODUCTION,
    runsPerDay: read('RUNS_PER_DAY', 1_000_000, 1, 1e8),
    peak: read('PEAK', 3, 1, 6),
    actions: read('ACTIONS', LIMITS.actionsPerGoal, 1, LIMITS.actionsPerGoal, true),
    aiSeconds: read('AI_SECONDS', AI.seconds, 0.1, 100),
    seed: environment.SEED || '1',
    isJson: environment.JSON === '1',
    limits: readLimits(environment.LIMITS),
    chart: environment.CHART || 'dist/simulate.svg',
  };
}

function readLimits(text: string | undefined): Record<string, number> {
  const values = Object.entries(text ? parseSetting('LIMITS', text, '{"transitions":5000}') : {});
  return Object.fromEntries(
    values.map(([name, value]) => {
      if (typeof value === 'number' && value > 0) return [name, value];
      throw new SettingError(`LIMITS.${name} must be a number above 0, not ${JSON.stringify(value)}`);
    }),
  );
}
