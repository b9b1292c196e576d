import type { AwsFaults } from '../aws-faults.ts';

export type EventFaults = Pick<AwsFaults, 'eventLost' | 'eventDoubled' | 'eventLate' | 'eventLateMs'>;

/** Is one of the faults of events on? */
export const hasEventFaults = ({ eventLost, eventDoubled, eventLate }: EventFaults): boolean =>
  eventLost > 0 || eventDoubled > 0 || eventLate > 0;

export interface EventFaultOptions<Event> {
  readonly faults: EventFaults;
  /** Draws numbers in [0, 1) by what they are for. */
  readonly draw: (what: string) => number;
  readonly bus: (event: Event) => Promise<void>;
  /** Waits; rejects when the stack closes, and the event then counts as not delivered. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/**
 * Delivers events as EventBridge may: not at all, twice, late. Each copy of an event is late or not on its own, so events come out
 * of order.
 * @returns a function that resolves once every target of every copy has answered or was given up
 */
export function deliverWithFaults<Event>({ faults, draw, bus, wait }: EventFaultOptions<Event>) {
  const { eventLost, eventDoubled, eventLate, eventLateMs } = faults;
  return async (event: Event): Promise<void> => {
    if (draw('lost') < eventLost) return;
    const copies = draw('doubled') < eventDoubled ? 2 : 1;
    const lateMs = Array.from({ length: copies }, () =>
      draw('late') < eventLate ? draw('how late') * eventLateMs : 0,
    );
    await Promise.all(
      lateMs.map(async (milliseconds) => {
        if (milliseconds > 0) await wait(milliseconds);
        await bus(event);
      }),
    );
  };
}
