/** Does the work, and something else every so often until it has ended, in whatever way. */
export async function repeatWhile<Result>(
  everyMs: number,
  repeated: () => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const timer = setInterval(repeated, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
