import type { StateError } from './types.ts';

/**
 * The reason of a failure in words, from the `Cause` of a Catch: Step Functions puts a Lambda's error there as JSON
 * `{errorType, errorMessage, trace}`; its own errors are plain text.
 */
export function failureReason({ Error: name, Cause: cause = '' }: StateError): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    const message: unknown =
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'errorMessage') : undefined;
    if (typeof message === 'string') return message.slice(0, 300);
  } catch {
    // Plain text.
  }
  if (cause === '' || cause === name) return name === 'States.Timeout' ? 'The step did not answer in time' : name;
  return cause.slice(0, 300);
}
