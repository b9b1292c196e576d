import { actions, number, tasks } from './count.ts';

export const truth = {
  missingView: {
    what: 'This part of the page did not load.',
    offline: 'You are offline. This page continues once you are connected.',
    waiting: 'The service is not answering yet. This page continues once it does.',
    missing: 'Reloading did not help. Please try again later.',
    reload: 'Reload the page',
  },
  goalCounts: {
    tasks: (done: number, total: number) => `${number(done)} of ${tasks(total)} done`,
  },
  later: {
    title: 'There is a newer run for this goal.',
    link: 'Go to the newer run',
    made: (count: number) => `${tasks(count)} added since then`,
    failed: 'Retried later, and failed again',
    pending: 'Being retried now',
    left: 'Still without tasks',
    gone: 'No longer part of the goal',
    intro: 'What happened to each of them later.',
  },
  estimate: {
    recent_runs: (model: string, tokensIn: string, tokensOut: string) =>
      `Based on recent runs: about ${tokensIn} input and ${tokensOut} output tokens per action, with ${model}.`,
    typical: (model: string) => `Typical for ${model}. Your run may differ.`,
    unavailable: 'Time and cost are not available right now.',
  },
  lastRun: {
    title: (count: number) => `${actions(count)} failed in the last run`,
  },
};
