import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsFaults, createDraw } from '../aws-faults.ts';

type Bus<Event> = (event: Event) => Promise<void>;

export interface EventDeliveryOptions<Event> {
  /** Of a test, which then decides alone. */
  readonly deliver?: (event: Event, bus: Bus<Event>) => Promise<void>;
  readonly faults: Pick<AwsFaults, 'eventLost' | 'eventDoubled' | 'eventLate' | 'eventLateMs' | 'seed'>;
  /** How often each event is delivered while no fault of events is on. */
  readonly eventDeliveries: number;
  readonly bus: Bus<Event>;
  /** Ends the wait of late events, which then count as not delivered. */
  readonly closing: AbortSignal;
}

/**
 * How events reach the event bus: as a test says, so many times each, or as EventBridge may: not at all, twice, late.
 * Each copy of an event is late or not on its own, so events come out of order.
 * @returns a function that resolves once every target of every copy has answered or was given up
 */
export function createEventDelivery<Event>(options: EventDeliveryOptions<Event>): Bus<Event> {
  const { deliver, faults, eventDeliveries, bus, closing } = options;
  if (deliver !== undefined) return (event) => deliver(event, bus);
  const { eventLost, eventDoubled, eventLate, eventLateMs } = faults;
  const draw = createDraw(`${faults.seed} events`);
  const countCopies = () => {
    if (eventLost + eventDoubled + eventLate === 0) return eventDeliveries;
    return draw('lost') < eventLost ? 0 : draw('doubled') < eventDoubled ? 2 : 1;
  };
  return async (event) => {
    const deliverCopy = async () => {
      const lateMs = draw('late') < eventLate ? draw('how late') * eventLateMs : 0;
      if (lateMs > 0) await sleep(lateMs, undefined, { signal: closing });
      await bus(event);
    };
    await Promise.all(Array.from({ length: countCopies() }, deliverCopy));
  };
}
