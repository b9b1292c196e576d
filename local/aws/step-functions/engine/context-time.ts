const SECOND_MS = 1000;

/**
 * Prints the times of the context object (`$$.State.EnteredTime`, `$$.Execution.StartTime`) as Step Functions does: in
 * UTC with milliseconds, and without a fraction where it is zero, as Java prints an instant.
 * @param isWholeSecond asked for each time whether to move it to a whole second: the next one, since a time that is too
 * early would take up to a second from the 300 of a batch, which at a small TIME_SCALE is a third of them
 */
export const createTimePrinter =
  (isWholeSecond: () => boolean) =>
  (milliseconds: number): string => {
    const printed = isWholeSecond() ? Math.ceil(milliseconds / SECOND_MS) * SECOND_MS : milliseconds;
    return new Date(printed).toISOString().replace('.000Z', 'Z');
  };
