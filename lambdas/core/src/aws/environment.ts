/**
 * Reads environment variables once, at start.
 * @throws Error naming every variable that is missing
 */
export function readEnvironment<Name extends string>(names: readonly Name[]): Record<Name, string> {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`environment variables are missing: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as Record<Name, string>;
}

/**
 * Reads environment variables that hold a number not below 0 (durations in milliseconds, prices).
 * @throws Error naming the variable that is missing or no such number
 */
export function readNumbers<Name extends string>(names: readonly Name[]): Record<Name, number> {
  const values = readEnvironment(names);
  const numbers = names.map((name) => {
    const number = Number(values[name]);
    if (!Number.isFinite(number) || number < 0)
      throw new Error(`environment variable ${name} is no number: ${values[name]}`);
    return [name, number];
  });
  return Object.fromEntries(numbers);
}
