/** The error that a promise is rejected with; throws when it is not rejected. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (thrown) {
    if (thrown instanceof Error) return thrown;
    throw new Error(`rejected with something that is no error: ${String(thrown)}`);
  }
  throw new Error(`not rejected, but: ${JSON.stringify(value)}`);
}
