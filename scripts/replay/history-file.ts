import { readFileSync } from 'node:fs';
import { type HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { isRecord } from '../../local/settings.ts';

/** A file that cannot be replayed; the message says why, and what to do. */
export class ReplayError extends Error {}

/** How a history is downloaded. */
export const DOWNLOAD =
  'aws stepfunctions get-execution-history --execution-arn <arn> --include-execution-data > history.json';

/** What the local engine does not run, so no history of this state machine has it. */
const FOREIGN = /^(?:Parallel|MapRun|Activity)/;

/**
 * Reads what GetExecutionHistory answered: one document, as the AWS CLI prints it, or several pages, one after the other or in
 * an array. Pages may be in any order, and the newest event may come first (`--reverse-order`).
 * @returns all events of the execution, oldest first
 * @throws ReplayError that names what is wrong or missing
 */
export function readHistoryFile(path: string): HistoryEvent[] {
  const pages = parsePages(path);
  const lists = pages.map((page) => (isRecord(page) ? page.events : page));
  if (lists.length === 0 || !lists.every(Array.isArray)) {
    throw new ReplayError(`${path} is no history: a history has "events". Download one: ${DOWNLOAD}`);
  }
  const byId = new Map(toEvents(lists.flat()).map((event) => [event.id ?? 0, event]));
  const events = [...byId.values()].sort((one, other) => (one.id ?? 0) - (other.id ?? 0));
  requireAll(path, events, pages.some(hasMore));
  const foreign = events.find(({ type = '' }) => FOREIGN.test(type));
  if (foreign) throw new ReplayError(`${path} is of another state machine: the local engine runs no ${foreign.type}`);
  return events;
}

/** The pages of a file. An unescaped line break never stands within a text of JSON, so the split cuts between documents alone. */
function parsePages(path: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ReplayError(`${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  try {
    const documents: unknown[] = text
      .trim()
      .split(/(?<=[}\]])\s*\n\s*(?=[{[])/)
      .map((document) => JSON.parse(document));
    // An array is of pages or of events.
    return documents.flatMap((document) =>
      Array.isArray(document) && document.every((each) => isRecord(each) && 'events' in each) ? document : [document],
    );
  } catch (cause) {
    throw new ReplayError(`${path} is no JSON (--output json): ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** `NextToken` is the AWS CLI's own, with `--max-items`. */
const hasMore = (page: unknown) => isRecord(page) && Boolean(page.nextToken ?? page.NextToken);

/**
 * Events as the SDK has them. In files, their times are texts or seconds since the epoch.
 * @throws ReplayError naming the event that is none
 */
export function toEvents(values: readonly unknown[]): HistoryEvent[] {
  return values.map((value, index) => {
    const { id, type, timestamp, previousEventId = 0, ...details } = isRecord(value) ? value : {};
    const time = typeof timestamp === 'number' ? Math.round(timestamp * 1000) : timestamp;
    const at = new Date(typeof time === 'number' || typeof time === 'string' ? time : Number.NaN);
    const isWhole = typeof id === 'number' && typeof previousEventId === 'number' && !Number.isNaN(at.getTime());
    if (isWhole && isEventType(type) && Object.entries(details).every(isDetail))
      return { ...details, id, type, timestamp: at, previousEventId };
    throw new ReplayError(
      `entry ${index + 1} of "events" is no event of Step Functions: ${JSON.stringify(value)?.slice(0, 200)}`,
    );
  });
}

/** Events as they would have come without the TIME_SCALE of the local stack that made them. */
export function unscaled(events: readonly HistoryEvent[], timeScale: number): HistoryEvent[] {
  const start = events[0]?.timestamp?.getTime() ?? 0;
  const stretch = (at: Date) => new Date(start + (at.getTime() - start) / timeScale);
  return events.map((event) => ({ ...event, timestamp: event.timestamp && stretch(event.timestamp) }));
}

const TEXTS: ReadonlySet<string> = new Set(['name', 'error', 'cause']);
const JSON_TEXTS: ReadonlySet<string> = new Set(['input', 'output', 'parameters']);

/** Whether the details of an event have what is read of them in the form that the API reference says. */
function isDetail([field, value]: [string, unknown]): boolean {
  if (!field.endsWith('EventDetails') || value === undefined) return true;
  if (!isRecord(value)) return false;
  return Object.entries(value).every(([name, each]) => {
    if (name === 'index') return typeof each === 'number';
    return JSON_TEXTS.has(name) ? isJson(each) : !TEXTS.has(name) || typeof each === 'string';
  });
}

function isJson(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const isEventType = (type: unknown): type is HistoryEventType =>
  typeof type === 'string' && Object.hasOwn(HistoryEventType, type);

/** Events are numbered from 1 without a gap (API reference of HistoryEvent). */
function requireAll(path: string, events: readonly HistoryEvent[], isCut: boolean): void {
  const missing = events.findIndex(({ id }, index) => id !== index + 1);
  const join = 'Join all pages in one file, or download without --max-items and --no-paginate';
  if (missing >= 0) {
    const [from, to] = [missing + 1, (events[missing]?.id ?? 0) - 1];
    throw new ReplayError(`${path} lacks ${from === to ? `event ${from}` : `events ${from} to ${to}`}. ${join}`);
  }
  if (events[0]?.type !== 'ExecutionStarted') throw new ReplayError(`${path} is no history: it has no events`);
  const hasEnd = events.some(({ type = '' }) => /^Execution(?:Succeeded|Failed|Aborted|TimedOut)$/.test(type));
  if (isCut && !hasEnd) throw new ReplayError(`${path} lacks what comes after event ${events.length}. ${join}`);
}
