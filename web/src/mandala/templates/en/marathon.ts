import type { Template } from '../template.ts';

export const template: Template = {
  goal: 'Run my first marathon within a year and enjoy the last mile',
  description:
    'I run now and then, a few miles at most. I want to reach the start healthy, finish without walking, and still like running afterwards.',
  blocks: [
    {
      title: 'Endurance',
      habits: [
        'Run easy for 30 minutes on Tuesday and Thursday',
        'Do one long run every Sunday',
        'Add a mile to the long run each week, and cut back every fourth',
      ],
      once: [
        'Find the pace at which I can still talk',
        'Run 5 miles without walking',
        'Finish a local 10K race',
        'Run a half marathon as a rehearsal',
        'Run 20 miles once, four weeks before the race',
      ],
    },
    {
      title: 'Strength and form',
      habits: [
        'Do 15 minutes of squats, lunges and planks twice a week',
        'Run six short hill sprints every other Wednesday',
        'Practise quick, light steps for five minutes of each run',
      ],
      once: [
        'Film my stride from the side and the back',
        'Book one session with a running coach',
        'Learn a ten-minute warm-up by heart',
        'Hold a plank for two minutes',
        'Choose three exercises for weak hips and ankles',
      ],
    },
    {
      title: 'Staying healthy',
      habits: [
        'Stretch calves and hips for ten minutes after every run',
        'Write down aches the day they appear',
        'Take two days a week without running',
      ],
      once: [
        'Have a check-up before the first long run',
        'Find a physiotherapist who knows runners',
        'Agree with myself when pain means stopping',
        'Buy a foam roller and learn to use it',
        'Plan what to train when I cannot run',
      ],
    },
    {
      title: 'Food and drink',
      habits: [
        'Eat a proper breakfast before each long run',
        'Drink a glass of water with every meal',
        'Eat carbohydrates and protein within an hour after long runs',
      ],
      once: [
        'Test three kinds of gel on long runs',
        'Find out which drink the race hands out, and train with it',
        'Plan when to eat and drink in the race',
        'Try the race breakfast before a long run',
        'Write a shopping list for training weeks',
      ],
    },
    {
      title: 'Sleep and recovery',
      habits: [
        'Be in bed by 10:30 before running days',
        'Put the phone in another room at night',
        'Take a slow walk on the day after a long run',
      ],
      once: [
        'Find out how many hours I need to feel rested',
        'Darken the bedroom',
        'Block the week after the race for rest',
        'Put the three-week taper into the calendar',
        'Book a massage for after the half marathon',
      ],
    },
    {
      title: 'Gear',
      habits: ['Note the miles of each pair of shoes', 'Lay out clothes the evening before a run'],
      once: [
        'Have shoes fitted in a running shop',
        'Buy a second pair to alternate with',
        'Find socks and shorts that do not chafe on 15 miles',
        'Get a light and a vest for dark mornings',
        'Wear the complete race outfit on a long run',
        'Pack a race bag from a list',
      ],
    },
    {
      title: 'Mind and company',
      habits: [
        'Write one sentence about each run',
        'Run with somebody else once a week',
        'Picture the last mile before falling asleep on Saturdays',
      ],
      once: [
        'Write down why I want this, and hang it up',
        'Tell five people the date of the race',
        'Join a running group',
        'Make a playlist for hard days',
        'Choose a sentence for the moment it gets tough',
      ],
    },
    {
      title: 'Race and plan',
      habits: ['Look at the coming week every Sunday evening', 'Check after four weeks whether the plan still fits'],
      once: [
        'Choose a flat autumn marathon and sign up',
        'Put a 40-week training plan into the calendar',
        'Book travel and a room near the start',
        'Study the course and its hills',
        'Decide on a pace for each quarter of the race',
        'Ask friends to stand at mile 20',
      ],
    },
  ],
};
