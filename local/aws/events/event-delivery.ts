import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsFaults, createDraw } from '../aws-faults.ts';
import { deliverWithFaults, hasEventFaults } from './event-faults.ts';

type Bus<Event> = (event: Event) => Promise<void>;

export interface EventDeliveryOptions<Event> {
  /** Of a test, which then decides alone. */
  readonly deliver?: (event: Event, bus: Bus<Event>) => Promise<void>;
  readonly faults: AwsFaults;
  /** How often each event is delivered while no fault of events is on. */
  readonly eventDeliveries: number;
  readonly bus: Bus<Event>;
  /** Ends the wait of late events, which then count as not delivered. */
  readonly closing: AbortSignal;
}

/** How events reach the event bus: as a test says, with faults, or so many times each. */
export function createEventDelivery<Event>(options: EventDeliveryOptions<Event>): Bus<Event> {
  const { deliver, faults, eventDeliveries, bus, closing } = options;
  if (deliver !== undefined) return (event) => deliver(event, bus);
  if (hasEventFaults(faults)) {
    const wait = (milliseconds: number) => sleep(milliseconds, undefined, { signal: closing });
    return deliverWithFaults({ faults, draw: createDraw(`${faults.seed} events`), bus, wait });
  }
  return async (event) => {
    await Promise.all(Array.from({ length: eventDeliveries }, () => bus(event)));
  };
}
