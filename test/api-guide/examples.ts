/** Reads the examples of docs/api.md: commands of a shell, and what each is answered. */

/** An answer as `curl -i` prints it, or as the page shows it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface Example {
  readonly command: string;
  /** Undefined for commands that only set variables. */
  readonly shown: Answer | undefined;
}

export const examplesIn = (text: string): Example[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```http\n([\s\S]*?)^```$)?/gm)].map(([, command = '', answer]) => ({
    command: command.trim(),
    shown: answer === undefined ? undefined : parseAnswer(answer.trimEnd()),
  }));

/** @throws Error for what does not begin like an answer of HTTP/1.1 */
export function parseAnswer(text: string): Answer {
  const [head = '', ...rest] = text.split(/\r?\n\r?\n/);
  const [first = '', ...lines] = head.split(/\r?\n/);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  if (Number.isNaN(status)) throw new Error(`no answer: ${text.slice(0, 200)}`);
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(':')[0] ?? '', line.replace(/^[^:]*: */, '')]),
  );
  return { status, headers, body: rest.join('\n\n') };
}
