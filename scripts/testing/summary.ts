/** What a process of mocha found; `reporter.cjs` writes it. */
export interface Results {
  readonly passed: number;
  readonly failures: readonly Failure[];
}

export interface Failure {
  /** Path of the test file, relative to the repository; empty when mocha does not know it. */
  readonly file: string;
  /** Full title of the describe block. */
  readonly block: string;
  readonly title: string;
  readonly message: string;
}

/** How the run was started; each value is also a variable of `make test`. */
export interface RunVariables {
  readonly SEED: string;
  readonly DATE?: string | undefined;
  readonly TZ?: string | undefined;
}

const MESSAGE_LINES = 4;
const MESSAGE_COLUMNS = 200;

/** Control characters other than line feed, tab and escape (colours) as `\xNN`, so that tools such as grep take the output for text. */
export const toText = (output: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
  output.replaceAll(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g, (character) =>
    character === '\r' ? '' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

/** A value as one word of a shell. */
const quote = (value: string): string => (/^[\w./:+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);

/** The command that runs the describe block of a failed test again, with the same random cases and the same date. */
export function repeatCommand({ file, block }: Failure, variables: RunVariables): string {
  const given = Object.entries({ TESTS: file, GREP: block, ...variables }).filter(([, value]) => value);
  // `make` reads a dollar sign as the start of a variable.
  return `make test ${given.map(([name, value]) => `${name}=${quote(String(value).replaceAll('$', '$$$$'))}`).join(' ')}`;
}

/** The last lines of a run that failed: each failure with its file, the start of its message, and how to repeat it. */
export function describeFailures(failures: readonly Failure[], variables: RunVariables): string {
  const sections = failures.map((failure, index) => {
    const { file, block, title, message } = failure;
    const lines = message.trim().split('\n');
    const shown = lines.slice(0, MESSAGE_LINES).map((line) => line.slice(0, MESSAGE_COLUMNS));
    return [
      `${index + 1}) ${[block, title].filter(Boolean).join(' > ')}`,
      ...(file === '' ? [] : [`   in ${file}`]),
      ...shown.map((line) => `   | ${line}`),
      ...(lines.length > MESSAGE_LINES ? [`   | ... (${lines.length - MESSAGE_LINES} more lines above)`] : []),
      ...(file === '' ? [] : [`   repeat: ${repeatCommand(failure, variables)}`]),
    ].join('\n');
  });
  return toText(['Failures:', ...sections].join('\n\n'));
}
