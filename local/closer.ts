/** What was opened, to be closed last first, whatever fails on the way. */
export function createCloser() {
  const opened: (() => Promise<void> | void)[] = [];
  return {
    add: (close: () => Promise<void> | void) => opened.push(close),
    async close(): Promise<void> {
      const errors: unknown[] = [];
      for (const close of opened.splice(0).reverse()) {
        try {
          await close();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, 'the local stack did not close cleanly');
    },
  };
}
