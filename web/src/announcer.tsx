const ID = 'announcer';

/** What is announced is read by a screen reader when it has finished its sentence. */
export function announce(message: string): void {
  const region = document.getElementById(ID);
  // The same words twice would not be a change, and would not be read.
  if (region !== null) region.textContent = message === region.textContent ? `${message}\u00a0` : message;
}

/** One live region for the page. React leaves its text alone. */
export function Announcer() {
  return <div id={ID} className="visually-hidden" role="status" aria-live="polite" data-testid="announcer" />;
}
