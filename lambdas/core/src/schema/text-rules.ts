/** Control characters, lone surrogates and direction overrides: nobody types them on purpose. */
const UNTYPED = '\\p{Cc}\\p{Cs}\\u202a-\\u202e\\u2066-\\u2069';
/** Something to be seen, which spaces, zero-width characters, and the fillers and blanks among letters and symbols are not. */
export const VISIBLE = { pattern: '(?!\\p{DI}|\\u2800)[\\p{L}\\p{N}\\p{P}\\p{S}]' } as const;

/** One line as rows from before the rules of `line` may hold it: they must stay readable. */
export const storedLine = (maxLength: number) =>
  ({ type: 'string', minLength: 1, maxLength, allOf: [{ pattern: '\\S' }, { pattern: `^[^${UNTYPED}]*$` }] }) as const;
/** One line that a person or the AI writes, also without Unicode's own line breaks. */
export const line = (maxLength: number) =>
  ({
    type: 'string',
    minLength: 1,
    maxLength,
    allOf: [VISIBLE, { pattern: `^[^${UNTYPED}\\u2028\\u2029]*$` }],
  }) as const;
/** Text of any number of lines, or none. */
export const text = (maxLength: number) =>
  ({ type: 'string', maxLength, pattern: `^(?:[^${UNTYPED}]|[\\n\\r\\t])*$` }) as const;
