import type { Template } from '../template.ts';

export const template: Template = {
  goal: 'Start a small business and win ten paying customers in twelve months',
  description:
    'I start beside my job, on my own, with savings of a few thousand. It should earn its costs within a year and be something that I am proud to recommend.',
  blocks: [
    {
      title: 'Customers',
      habits: [
        'Talk to two possible customers every week',
        'Write down their words, not mine',
        'Ask each of them who else I should meet',
      ],
      once: [
        'Describe the one person I want to help',
        'List thirty people who have this problem',
        'Find out what they pay for today',
        'Name the three problems that came up most',
        'Choose one group and leave the others for later',
      ],
    },
    {
      title: 'Offer',
      habits: ['Improve one thing after each customer', 'Ask once a month what they would miss least'],
      once: [
        'Say in one sentence what I sell and to whom',
        'Build the smallest version that helps somebody',
        'Let five people try it for free',
        'Compare three competitors as their customer',
        'Decide what I do not offer',
        'Write a promise that I can keep',
      ],
    },
    {
      title: 'Price and money',
      habits: [
        'Record income and expenses every Friday',
        'Put a third of all income aside for tax',
        'Look at cash for the next three months on the first of each month',
      ],
      once: [
        'Work out what one sale costs me',
        'Set a price and offer it to three people',
        'Open a separate bank account',
        'Decide how much I am ready to lose',
        'Calculate how many sales cover the costs',
      ],
    },
    {
      title: 'Legal and office',
      habits: ['File every receipt on the day it arrives', 'Back up all files once a week'],
      once: [
        'Choose the legal form and register',
        'Check which permits and insurance I need',
        'Find an accountant for small firms',
        'Write terms that fit on one page',
        'Set up invoices with numbers and due dates',
        'Clear the side business with my employer',
      ],
    },
    {
      title: 'Being found',
      habits: [
        'Publish one useful tip every Tuesday',
        'Answer two questions a week where my customers ask them',
        'Check once a month where visitors come from',
      ],
      once: [
        'Choose a name, and buy its domain',
        'Put up a page with offer, price and contact',
        'Take honest photos of the work',
        'Create a profile on maps and in two directories',
        'Give a talk at a local meeting',
      ],
    },
    {
      title: 'Selling',
      habits: [
        'Write to five possible customers every Monday',
        'Follow up on offers after three days',
        'Note why each “no” was a no',
      ],
      once: [
        'Write a short message that people answer',
        'Practise the price conversation with a friend',
        'Prepare an offer that I can send in ten minutes',
        'Sell the first one',
        'Agree with two partners to recommend each other',
      ],
    },
    {
      title: 'Happy customers',
      habits: [
        'Answer every message within one working day',
        'Call each customer two weeks after delivery',
        'Thank everybody who recommends me',
      ],
      once: [
        'Write down each step from order to delivery',
        'Make a checklist for quality',
        'Collect five reviews with names',
        'Decide how I make good a mistake',
        'Create a reason to come back',
      ],
    },
    {
      title: 'Myself',
      habits: [
        'Work on it ten hours a week, at fixed times',
        'Keep Sunday free',
        'Review numbers and mood on the last day of the month',
        'Read one book on the trade every two months',
      ],
      once: [
        'Agree on hours and money with my family',
        'Find a mentor who has done it',
        'Meet three other founders',
        'Set the numbers at which I go on, change or stop',
      ],
    },
  ],
};
