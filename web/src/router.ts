/** Addresses of the page. An execution is in the address, so that a reload goes on following it. */
export type Route =
  | { readonly view: 'goals' }
  | { readonly view: 'create' }
  | { readonly view: 'goal'; readonly goalId: string }
  | { readonly view: 'run'; readonly executionArn: string }
  | { readonly view: 'history' }
  | { readonly view: 'unknown' };

const decode = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
};

export function routeOf(path: string): Route {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const [first = '', second = '', ...more] = parts;
  if (more.length > 0 || parts.includes(undefined)) return { view: 'unknown' };
  if (first === '') return { view: 'goals' };
  if (first === 'goals') {
    if (second === '') return { view: 'goals' };
    return second === 'new' ? { view: 'create' } : { view: 'goal', goalId: second };
  }
  if (first === 'runs' && second !== '') return { view: 'run', executionArn: second };
  if (first === 'history' && second === '') return { view: 'history' };
  return { view: 'unknown' };
}

/** Colons are allowed in a path, and an ARN is easier to read with them. */
const segment = (value: string): string => encodeURIComponent(value).replaceAll('%3A', ':');

export const paths = {
  goals: '/',
  create: '/goals/new',
  history: '/history',
  goal: (goalId: string) => `/goals/${segment(goalId)}`,
  run: (executionArn: string) => `/runs/${segment(executionArn)}`,
  historyOf: (goalId: string) => `/history?${new URLSearchParams({ goalId })}`,
};

const listeners = new Set<() => void>();
let navigated = false;

const notify = (): void => {
  for (const listener of listeners) listener();
};

/** Goes to another address of the page. */
export function navigate(path: string): void {
  if (path === location.pathname + location.search) return;
  history.pushState(null, '', path);
  navigated = true;
  scrollTo(0, 0);
  notify();
}

/** Changes the address without a new entry: for filters. */
export function replacePath(path: string): void {
  history.replaceState(null, '', path);
  notify();
}

/** True once after a navigation: the new heading then takes the focus. */
export function takeNavigated(): boolean {
  const result = navigated;
  navigated = false;
  return result;
}

export function subscribe(listener: () => void): () => void {
  const moved = () => {
    navigated = true;
    listener();
  };
  listeners.add(listener);
  addEventListener('popstate', moved);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', moved);
  };
}

export const currentAddress = (): string => location.pathname + location.search;
