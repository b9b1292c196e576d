import type { Difference } from './compare.ts';
import { NO_ANSWER } from './play.ts';
import type { Call, Recording, Visit } from './recording.ts';

/** Of an input or output, where not all of it is printed. */
const SHOWN_CHARACTERS = 160;
const SHOWN_PLACES = 3;

/** What an event of a run says. */
interface Told {
  readonly eventId: number;
  readonly line: string;
}

/**
 * Tells a run as lines, each once: states that were entered and left, and what became of their calls.
 * @param then whose times are printed, in UTC; what did not happen then has none
 */
export class Story {
  readonly #then: Recording;
  readonly #isWhole: boolean;
  readonly #told = new Set<number>();

  constructor(then: Recording, isWhole: boolean) {
    this.#then = then;
    this.#isWhole = isWhole;
  }

  /** The lines that a run has more than when this was last asked. */
  more(now: Recording): string[] {
    const seen = new Map<string, number>();
    const told = now.visits.flatMap((visit) => {
      const nth = seen.get(visit.key) ?? 0;
      seen.set(visit.key, nth + 1);
      const before = this.#then.visits.filter(({ key }) => key === visit.key)[nth];
      return this.#tell(visit, before);
    });
    return told.sort((one, other) => one.eventId - other.eventId).map(({ line }) => line);
  }

  #tell(visit: Visit, before: Visit | undefined): Told[] {
    const tell = (eventId: number | undefined, recordedAt: number | undefined, text: string): Told[] => {
      if (eventId === undefined || this.#told.has(eventId)) return [];
      this.#told.add(eventId);
      return [{ eventId, line: `${timeOf(recordedAt)}  ${visit.key} ${text}` }];
    };
    return [
      ...tell(visit.eventId, before?.at, `is entered${this.#data(visit.input)}`),
      ...visit.calls.flatMap((call, index) => {
        const other = before?.calls[index];
        return tell(call.endEventId, other?.endedAt, this.#describe(call, other));
      }),
      ...tell(visit.exitEventId, before?.exitedAt, `is left${this.#data(visit.output)}`),
    ];
  }

  #describe({ number, result }: Call, then: Call | undefined): string {
    const nth = number === 1 ? '' : ` (call ${number})`;
    const took = then?.endedAt === undefined ? '' : ` after ${((then.endedAt - then.at) / 1000).toFixed(3)} s`;
    if (result.kind === 'answered') return `is answered${nth}${took}${this.#data(result.output)}`;
    if (result.kind === 'open') return `is called${nth}`;
    return `fails${nth}${took}: ${result.error}${result.cause ? `: ${this.#short(result.cause)}` : ''}`;
  }

  #data(text: string | undefined): string {
    if (text === undefined) return '';
    return this.#isWhole ? `\n${JSON.stringify(JSON.parse(text), null, 2)}` : ` ${this.#short(text)}`;
  }

  /** One line, without the ARN that is in nearly every one. */
  #short(whole: string): string {
    if (this.#isWhole) return whole;
    const { executionArn } = this.#then;
    const text = executionArn === undefined ? whole : whole.replaceAll(executionArn, '<execution>');
    if (text.length <= SHOWN_CHARACTERS) return text;
    return `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
  }
}

const NO_TIME = 'not then    ';
const timeOf = (at: number | undefined) => (at === undefined ? NO_TIME : new Date(at).toISOString().slice(11, 23));

/** How a run ended, in a line. */
export function endLine({ end: { status, error, cause } }: Recording): string {
  const why = [error, cause].filter(Boolean).join(': ');
  return `${status}${why && `: ${why}`}`;
}

/** The same of a replay, which may have been stopped. */
export function nowLine(then: Recording, now: Recording): string {
  if (now.end.error === NO_ANSWER) return 'stopped at a call to which no answer was recorded';
  return then.end.status === 'RUNNING' && now.end.status === 'ABORTED'
    ? 'stopped where the history ends'
    : endLine(now);
}

/** A difference, with the first of the places where it is. */
export function differenceLine({ text, places }: Difference): string {
  if (places.length === 0) return `- ${text}`;
  const more = places.length - SHOWN_PLACES;
  const shown = places.slice(0, SHOWN_PLACES).join(', ');
  return `- ${text} (in ${shown}${more > 0 ? ` and ${more} more` : ''})`;
}
