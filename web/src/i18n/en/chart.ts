import { actions, number, tasks } from './count.ts';

export const chart = {
  chart: {
    overview: 'Overview',
    previous: 'Previous sub-goal',
    next: 'Next sub-goal',
    blockOf: (position: number, total: number) => `${number(position)} of ${number(total)}`,
    ready: (count: number, total: number) => `${number(count)} of ${actions(total)}`,
    done: (count: number, total: number) => `${number(count)} of ${tasks(total)} done`,
    print: 'Print',
    printed: (day: string) => `As of ${day}`,
  },
  panel: {
    label: 'Selected action',
    opened: (title: string) => `“${title}” is open next to the chart. Press Tab to go there.`,
    close: 'Close',
    attempt: (position: number) => `Attempt ${number(position)} in progress`,
    attempts: (count: number) => (count === 1 ? '1 attempt' : `${number(count)} attempts`),
    isSlow: 'Taking longer than the others.',
  },
  notice: {
    ask: 'Notify me when it is done',
    isOn: 'You will be notified when it is done if you are in another tab.',
    isOff: 'Notifications are blocked. You can allow them in your browser settings.',
  },
};
