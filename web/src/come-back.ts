/** Leads whoever comes back to where they were: how far the view was scrolled, and what was opened in it. */

interface Place {
  readonly scrollY: number;
  /** Ids of the elements whose details were open. */
  readonly opened: readonly string[];
}

const STORED = 'goal-activity.places';
/** Of a link that leads back: `<Link state={BACK}>`. */
export const BACK = { leadsBack: true };
/** What loads after a view was shown may make it taller for so long. */
const GROWS_MS = 5_000;

const addressNow = () => location.pathname + location.search;

const places = new Map<string, Place>();
let address = addressNow();
/** Where to go once the view is shown. */
let wanted: Place | undefined;

/** The nearest element with an id of its own, unless that is the whole page. */
function idOf(details: Element): string | undefined {
  const id = details.closest('[id]')?.id;
  return id === 'content' ? undefined : id;
}

function note(): void {
  // Of a view that has not been shown yet there is nothing to note.
  if (wanted !== undefined) return;
  const opened = [...document.querySelectorAll('#content details[open]')].flatMap((details) => idOf(details) ?? []);
  places.set(address, { scrollY, opened });
}

/** Scrolls there, as soon as the page is tall enough, unless the person goes elsewhere meanwhile. */
function scrollWhenTall(top: number): void {
  const ending = new AbortController();
  const observer = new ResizeObserver(() => {
    scrollTo(0, top);
    if (Math.abs(scrollY - top) <= 1) ending.abort();
  });
  ending.signal.addEventListener('abort', () => observer.disconnect());
  for (const event of ['wheel', 'touchmove', 'keydown', 'pointerdown', 'popstate', 'pushState']) {
    addEventListener(event, () => ending.abort(), { signal: ending.signal });
  }
  setTimeout(() => ending.abort(), GROWS_MS);
  scrollTo(0, top);
  observer.observe(document.body);
}

/** Whether the view that is about to be shown is one that the person comes back to. */
export const isComingBack = (): boolean => wanted !== undefined;

/** Called when a view is shown with all that it has. */
export function viewIsShown(): void {
  if (wanted === undefined) return;
  const { opened, scrollY: top } = wanted;
  wanted = undefined;
  for (const id of opened) {
    const element = document.getElementById(id);
    (element?.matches('details') ? element : element?.querySelector('details'))?.setAttribute('open', '');
  }
  scrollWhenTall(top);
}

function readStored(): void {
  const stored: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? '{}');
  for (const [path, place] of Object.entries(Object(stored))) {
    const { scrollY: top, opened }: { scrollY?: unknown; opened?: unknown } = Object(place);
    if (typeof top !== 'number' || !Array.isArray(opened)) continue;
    places.set(path, { scrollY: top, opened: opened.filter((id) => typeof id === 'string') });
  }
}

/** Begins to remember. To be called before anything is shown, so that it sees a view before it goes. */
export function rememberPlaces(): void {
  history.scrollRestoration = 'manual';
  readStored();
  const [arrival] = performance.getEntriesByType('navigation');
  const kind: unknown = arrival && 'type' in arrival ? arrival.type : undefined;
  if (kind === 'reload' || kind === 'back_forward') wanted = places.get(address);
  // wouter tells of the calls of pushState and replaceState; the view that is left is still there then.
  for (const event of ['popstate', 'pushState', 'replaceState']) {
    addEventListener(
      event,
      () => {
        // What is open over a view has entries of its own, at the same address.
        if (addressNow() === address) return;
        note();
        address = addressNow();
        if (event !== 'replaceState') {
          wanted = event === 'popstate' || Object(history.state).leadsBack === true ? places.get(address) : undefined;
        }
      },
      { capture: true },
    );
  }
  addEventListener('pagehide', () => {
    note();
    sessionStorage.setItem(STORED, JSON.stringify(Object.fromEntries(places)));
  });
}
