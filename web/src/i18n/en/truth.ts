import { actions, number, tasks } from './count.ts';

export const truth = {
  missingView: {
    what: 'This part of the page has not arrived.',
    offline: 'This device is offline. The page goes on by itself once it is connected.',
    waiting: 'The service does not answer yet. The page goes on by itself once it does.',
    missing: 'Loading the page again did not help. Please try again a little later.',
    reload: 'Load the page again',
  },
  goalCounts: {
    tasks: (done: number, total: number) => `${number(done)} of ${tasks(total)} done`,
  },
  later: {
    title: 'A newer run has worked on this goal since.',
    link: 'Go to the newer run',
    made: (count: number) => `${tasks(count)} since then`,
    failed: 'Tried again later, and failed again',
    pending: 'Is being tried again now',
    left: 'Still without tasks',
    gone: 'Not part of the goal any more',
    intro: 'What became of each since then.',
  },
  estimate: {
    recent_runs: (model: string, tokensIn: string, tokensOut: string) =>
      `By the last runs here: about ${tokensIn} tokens in and ${tokensOut} out for each action, with ${model}.`,
    typical: (model: string) => `What is typical of ${model}. Your first run may differ.`,
    unavailable: 'How long it takes and what it costs cannot be said right now.',
  },
  lastRun: {
    title: (count: number) => `${actions(count)} failed in the last run`,
  },
};
