/** Names of variables that hold a duration in milliseconds, which TIME_SCALE shortens with everything else. */
const DURATION = /_(?:TIMEOUT|GRACE)_MS$/;

/**
 * The environment of a Lambda on the local stack: what Terraform gives it, durations scaled, and where the services are.
 * @throws Error naming a duration that is no number
 */
export function lambdaEnvironment(
  environment: Readonly<Record<string, string>>,
  timeScale: number,
  endpoints: Readonly<Record<string, string>>,
): Record<string, string> {
  const scaled = Object.entries(environment).map(([name, value]) => {
    if (!DURATION.test(name)) return [name, value];
    const milliseconds = Number(value) * timeScale;
    if (!Number.isFinite(milliseconds)) throw new Error(`${name} is no number of milliseconds: ${value}`);
    return [name, String(milliseconds)];
  });
  return { ...Object.fromEntries(scaled), ...endpoints };
}
