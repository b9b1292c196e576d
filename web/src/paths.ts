/** Colons are allowed in a path, and an ARN is easier to read with them. */
const segment = (value: string): string => encodeURIComponent(value).replaceAll('%3A', ':');

/** Addresses of the page. An execution is in the address, so that a reload goes on following it. */
export const paths = {
  goals: '/',
  create: '/goals/new',
  today: '/today',
  history: '/history',
  goal: (goalId: string) => `/goals/${segment(goalId)}`,
  editGoal: (goalId: string) => `/goals/${segment(goalId)}/edit`,
  run: (executionArn: string) => `/runs/${segment(executionArn)}`,
  historyOf: (goalId: string) => `/history?${new URLSearchParams({ goalId })}`,
};
