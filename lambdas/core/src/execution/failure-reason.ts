import type { StateError } from '../types.ts';

/** A Lambda's error is JSON `{errorType, errorMessage, trace}`; Step Functions' own is plain text, of a timeout an empty one. */
function messageIn(cause: string): string {
  try {
    const message: unknown = Reflect.get(Object(JSON.parse(cause)), 'errorMessage');
    if (typeof message === 'string') return message;
  } catch {
    // Plain text.
  }
  return cause;
}

/** Where the first line ends: any control character, and Unicode's own line breaks. */
const AFTER_FIRST_LINE = /[\p{Cc}\p{Zl}\p{Zp}].*/su;

/**
 * The reason of a failure in words, one line from `Error` and `Cause` of a Catch; never empty, whether there is a `Cause` or
 * not.
 */
export function failureReason({ Error: name, Cause: cause = '' }: StateError): string {
  const message = messageIn(cause).replace(AFTER_FIRST_LINE, '');
  if (message !== '' && message !== name) return message.slice(0, 300);
  return name === 'States.Timeout' ? 'The step did not answer in time' : name;
}
