/** Milliseconds that something takes, and its result. */
export async function timed<Result>(act: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const startedAt = performance.now();
  const result = await act();
  return { ms: performance.now() - startedAt, result };
}
