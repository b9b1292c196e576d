/** What became of a job, as one process tells another: a line of JSON. */
export interface Result {
  /** The scenario, or the mutant. */
  readonly name: string;
  readonly schedules: number;
  /** The most preemptions of which all schedules were tried; undefined when not even those without one were. */
  readonly complete?: number;
  readonly milliseconds: number;
  readonly violations: readonly { readonly rule: string; readonly message: string; readonly choices: string }[];
}

const hasNumber = (value: object, name: string) => typeof Reflect.get(value, name) === 'number';
const hasText = (value: object, name: string) => typeof Reflect.get(value, name) === 'string';

function isResult(value: unknown): value is Result {
  if (typeof value !== 'object' || value === null) return false;
  const violations: unknown = Reflect.get(value, 'violations');
  return (
    hasText(value, 'name') &&
    hasNumber(value, 'schedules') &&
    hasNumber(value, 'milliseconds') &&
    Array.isArray(violations) &&
    violations.every((each) => ['rule', 'message', 'choices'].every((name) => hasText(Object(each), name)))
  );
}

/** Reads the results that a process printed. */
export function readResults(output: string): Result[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (!isResult(value)) throw new Error(`no result: ${line}`);
      return value;
    });
}

export const writeResult = (result: Result) => console.log(JSON.stringify(result));

/** The command that runs a schedule again, and tells what happens in it. */
export const replayCommand = (scenario: string, choices: string, mutant?: string) =>
  [
    'node --import ./test/interleavings/hooks.ts test/interleavings/explore.ts replay',
    scenario,
    ...(mutant === undefined ? [] : [`'mutant=${mutant}'`]),
    `choices=${choices}`,
  ].join(' ');
