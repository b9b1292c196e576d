import { type ComponentType, lazy } from 'react';

/** The code of a view did not arrive: there is no connection, or a newer page has replaced the files of this one. */
export class MissingView extends Error {
  override readonly name = 'MissingView';
}

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;

const loads: (() => Promise<unknown>)[] = [];

/** A view whose code is loaded once it is shown, or ahead of that. @throws MissingView, to the error boundary */
export function lazyView<Props>(load: Load<Props>) {
  loads.push(load);
  return lazy(() =>
    load().catch((cause: unknown) => {
      throw new MissingView('The code of a view did not arrive', { cause });
    }),
  );
}

/** Fetches the code of all views once the browser has nothing else to do: then they open at once, and offline too. */
export function fetchViewsAhead(): void {
  // Safari has no requestIdleCallback.
  const whenIdle = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1_000));
  // What does not arrive now is asked for again when it is shown.
  for (const load of loads) whenIdle(() => void load().catch(() => undefined));
}
