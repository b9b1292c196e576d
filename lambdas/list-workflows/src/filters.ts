import { invalidField } from '@goal-activity/core/http/http.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { listWorkflowsSchema } from './schema.ts';

export type ListQuery = FromSchema<typeof listWorkflowsSchema>;

/** What to list: executions of a user, of one goal or of all. */
export type Filters = ReturnType<typeof readFilters>;

const DEFAULT_LIMIT = 25;
/** Beyond these years ISO-8601 has another form, which does not sort as text. */
const FIRST = new Date('0000-01-01T00:00:00.000Z');
const LAST = new Date('9999-12-31T23:59:59.999Z');

/** The moment that a day (in UTC) begins, or a time with its zone; `name` is the parameter's. */
function momentOf(name: string, text: string): Date {
  const moment = new Date(text.length === 10 ? `${text}T00:00:00.000Z` : text);
  // Date turns the 30th of February into a day of March.
  const day = new Date(`${text.slice(0, 10)}T00:00:00.000Z`);
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text.slice(0, 10);
  if (!exists || !(moment >= FIRST && moment <= LAST)) throw invalidField(name, 'must be a day of the calendar');
  return moment;
}

/**
 * Reads the query of the call.
 * @throws Problem invalid_request for a day that no calendar has
 */
export function readFilters(query: ListQuery, userId: string) {
  const { goalId, status, from, to, limit, cursor } = query;
  const first = from === undefined ? FIRST : momentOf('from', from);
  // `to` is exclusive; times have milliseconds and no more.
  const last = to === undefined ? LAST : new Date(momentOf('to', to).getTime() - 1);
  return {
    userId,
    goalId,
    status,
    /** Earliest and latest start, both inclusive, as rows have them. */
    first: first.toISOString(),
    // Before the first year there is nothing.
    last: last < FIRST ? '' : last.toISOString(),
    limit: Number(limit ?? DEFAULT_LIMIT),
    /** As it was sent. */
    cursor,
  };
}
