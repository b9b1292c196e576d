type Close = () => Promise<void> | void;

/** What was opened, to be closed last first, whatever fails on the way. */
export interface Closer {
  add(close: Close): void;
  close(): Promise<void>;
}

export function createCloser(): Closer {
  const opened: Close[] = [];
  return {
    add: (close) => void opened.push(close),
    async close() {
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
