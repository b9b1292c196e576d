import type { Template } from '../template.ts';

export const template: Template = {
  goal: 'Pass my certification exam at the first attempt',
  description:
    'I study beside a full-time job, about eight hours a week. I want to understand the subject, not only to pass, and to sit the exam calm and rested.',
  blocks: [
    {
      title: 'Know the exam',
      habits: ['Read the news of the examining body once a month'],
      once: [
        'Download the official syllabus and print it',
        'Write down how many points each topic gives',
        'Register for an exam date',
        'Find out what is allowed on the desk',
        'Talk to two people who have passed',
        'List the reasons why people fail',
        'Read three years of past papers from end to end',
      ],
    },
    {
      title: 'Study plan',
      habits: [
        'Choose three topics for the week every Sunday',
        'Tick off what is done each evening',
        'Move what was missed to Saturday morning',
      ],
      once: [
        'Count the weeks that are left, and give each a topic',
        'Keep the last three weeks free for revision',
        'Set a milestone for each month',
        'Hang the plan where I see it',
        'Decide what I stop doing until the exam',
      ],
    },
    {
      title: 'Learn the basics',
      habits: [
        'Study for 45 minutes before work',
        'Explain one idea aloud, without notes, every day',
        'Write a half-page summary of each chapter',
      ],
      once: [
        'Choose one main textbook and stay with it',
        'Read it once quickly for an overview',
        'Make a glossary of the hundred key terms',
        'Draw a map of how the topics connect',
        'Take a short course on the hardest topic',
      ],
    },
    {
      title: 'Practice',
      habits: [
        'Answer 20 questions on weekdays',
        'Solve one long problem every Saturday',
        'Mark my answers the same day',
      ],
      once: [
        'Collect 500 practice questions',
        'Solve the oldest past paper without a clock',
        'Write a full answer and have it marked',
        'Find out which kind of question costs me most time',
        'Solve the ten hardest questions twice',
      ],
    },
    {
      title: 'Remember',
      habits: [
        'Review flashcards for 15 minutes on the way to work',
        'Repeat new things after one, seven and thirty days',
        'Make five new cards after each session',
      ],
      once: [
        'Set up a flashcard app',
        'Make cards for every formula and definition',
        'Invent a memory hook for the ten lists I mix up',
        'Write all of it on one sheet, from memory',
        'Record a ten-minute summary to listen to',
      ],
    },
    {
      title: 'Weak points',
      habits: ['Keep a log of mistakes with the reason for each', 'Redo last week’s mistakes every Friday'],
      once: [
        'Take a test in the first week to see where I stand',
        'Choose the three topics that lose most points',
        'Find a tutor or colleague for the worst one',
        'Teach that topic to somebody',
        'Halve the careless mistakes with a checklist',
        'Repeat the first test after two months',
      ],
    },
    {
      title: 'Place and people',
      habits: [
        'Put the phone in a drawer while studying',
        'Meet my study partner every Wednesday',
        'Clear the desk after each session',
      ],
      once: [
        'Set up a place only for studying',
        'Find a library for Saturdays',
        'Agree with family or flatmates on quiet hours',
        'Ask my employer for study leave',
        'Join an online group for this exam',
      ],
    },
    {
      title: 'Fit for the day',
      habits: [
        'Sleep seven hours before working days',
        'Move for half an hour a day',
        'Keep one evening a week free of books',
      ],
      once: [
        'Sit three full mock exams against the clock',
        'Plan how many minutes each part gets',
        'Travel to the exam hall once before',
        'Pack documents, pens and a snack the day before',
        'Plan something pleasant for the evening after',
      ],
    },
  ],
};
