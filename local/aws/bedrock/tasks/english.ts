/** Tasks in English: see template.ts. Of `any`, in the order in which a person would do them. */
export const ENGLISH = `
# any
execution | 10 | Describe “done” in 2 sentences | Write what will be different once “~” is behind you. Done when somebody else understands it.
execution | 15 | Write down the first 3 steps | One page, the smallest step first. Done when the first one has a day and a time.
execution | 15 | List 5 things you need to begin | Tools, papers, money, people, space. Done when you know where to get each one.
execution | 30 | Read 2 short guides and note 5 points | Look for people who started where you are. Done when the five points fit on one card.
execution | 20 | Ask 1 person with experience 3 questions | What to do first, what to skip, what they would pay for. Done when the answers are in your notes.
execution | 30 | Compare 3 ways to do it on one page | One line each for time, cost and risk. Done when one of them is circled.
execution | 20 | Estimate hours and costs in 1 table | A row a step, and a fifth on top for surprises. Done when both columns are added up.
execution | 15 | Name 2 things that could stop you | Write beside each what you will do then. Done when neither needs more than a day.
execution | 10 | Pick 2 dates: the next step and the finish | Put both in the calendar under “~”. Done when the reminders are set.
execution | 10 | Tell 1 person your deadline | Choose somebody who will ask. Done when they know the date and what you will show them.
execution | 5 | Block {45|60|90} minutes in your calendar this week | Choose a time when nobody needs you. Done when the slot is marked as busy.
execution | 10 | Free 1 evening by dropping 1 other thing | Say no, postpone it or hand it over. Done when the evening is empty.
execution | 20 | Set up 1 place for everything in 20 minutes | A folder, a shelf or a box, with a label. Done when all that belongs to it is in there.
execution | 30 | Collect 3 good examples | Note in one line what makes each of them good. Done when you can say which one you like best.
execution | 15 | Make a checklist of 7 lines | Each line begins with a verb. Done when no line takes longer than an hour.
execution | 30 | Try it for 30 minutes on a small scale | No audience, no perfection. Done when you know what was harder than expected.
execution | {25|30|45} | Finish 1 small part in {25|30|45} minutes | Set a timer, and choose a part that is useful by itself. Done when you could show it.
execution | {25|50|60} | Work {25|50|60} minutes on the hardest part | First thing in the day, with the phone in another room. Done when the next move is clear.
execution | 15 | Send the 1 message that you have put off | Three sentences: why you write, what you ask, by when. Done when it is sent.
execution | 5 | Take 1 photo of where things stand | Or save a copy, or write down a number. Done when it has a date, so that you can compare later.
execution | 30 | Show a first version to 2 people | Ask each what they would change first. Done when you have written down both answers.
execution | 45 | Improve the 3 weakest points | Take what people told you and what you noticed yourself. Done when each of the three is better than before.
execution | 20 | Go through everything once, for 20 minutes | Read your checklist aloud from top to bottom. Done when nothing on it is open or unclear.
execution | 15 | Note 3 lessons once it is finished | What worked, what did not, what you will do next time. Done when they lie where you will find them next time.
habit | 5 | Prepare everything 5 minutes the evening before | Lay out what you need where you will see it. Done when tomorrow needs no decision.
habit | 1 | Set 1 reminder for the same time every day | Name it “~”, and let it ring until you have begun. Done each day when you have switched it off and started.
habit | 5 | Tie it to 1 thing that you do every day anyway | Brushing your teeth, coming home, turning off the light. Done when the one makes you think of the other.
habit | 2 | Say 1 sentence each morning: when, where, how long | Aloud, to yourself or to somebody at breakfast. Done when it happens as you have said.
habit | 5 | Begin within 5 minutes of the time you have set | No last message, no quick look at the news. Done when the first step is behind you.
habit | 15 | Give it 15 minutes a day that went to scrolling | Leave the phone on the charger meanwhile. Done when the quarter of an hour is yours.
habit | 2 | Do the 2-minute version on busy days | Small enough to do when you are tired. Done when the chain of days is unbroken.
habit | 15 | Keep 3 fixed days a week | Choose them on Sunday and write them down. Done when all three have a tick.
habit | 1 | Tick off every day for 4 weeks | A paper calendar on a door is best. Done when the evening's first look finds a tick.
habit | 2 | Write 1 line a day on how it went | Date, amount, mood. Done when a stranger could read the week from it.
habit | 10 | Look back 10 minutes every Sunday | Count the days, and choose one thing to change. Done when next week's plan has one new line.
habit | 5 | Tell 1 friend your count every Friday | A number is enough, good or bad. Done when the message is sent.
habit | 10 | Raise the amount by a tenth every 2 weeks | Only if the last two weeks felt easy. Done when the new amount is in the calendar.
habit | 5 | Plan at most 1 exception a week, in advance | A birthday, a journey, a late meeting. Done when the week has no other one.
habit | 15 | Come back within 2 days after a gap | One missed day is nothing, two are the start of a new habit. Done when you have done the shortest version.
habit | 10 | Reward 7 days in a row with 1 small treat | Choose it now, so that you look forward to it. Done when you have enjoyed it without hurry.
habit | 1 | Put the phone in another room, {20|25|30} minutes a day | Airplane mode is not far enough. Done when the time is over and you have not fetched it.
habit | 10 | Have 1 person ask you about it every week | Somebody who listens and does not scold. Done when you have told them the truth.
habit | 5 | Note 1 obstacle a week and remove it | The smallest one first: a missing tool, a bad time of day. Done when it cannot happen again.
habit | 10 | Read 1 story a week of somebody who keeps it up | Look for what they do on bad days. Done when you have one trick to try.
habit | 1 | Drop 1 coin into a jar each time | At twenty coins, buy something that helps. Done when the coin has fallen.
habit | 5 | Reach {12|16|20} times this month | Keep the tally on the fridge. Done when the last stroke is drawn before the month ends.
habit | 5 | Compare 2 months on the last day of each | Put the counts side by side. Done when you have written down why they differ.
habit | 1 | Leave 1 visible reminder by the door | An object, not a note: it must be in your way. Done when you have to touch it to go out.

# move
execution | 25 | Map 1 loop of {3|4|5} km from your door | Prefer lights, pavements and a place to turn back. Done when you have walked it once with a watch.
execution | 40 | Cover {3|4|5} km once without a break | Slowly enough to speak in full sentences. Done when the time is in your log.
execution | 20 | Write a plan of 8 weeks, 3 outings each | One of them longer, two of them easy. Done when every outing has a day.
execution | 15 | Find 2 routes for rain and heat | A covered one, and one with shade and water. Done when both are on your map.
execution | 30 | Try 3 speeds for 5 minutes each | Slow, steady, brisk. Done when you know which one you could keep up for an hour.
execution | 20 | Lay out clothes for 3 kinds of weather | Cold, wet and hot. Done when nothing is missing from any of the three piles.
execution | 60 | Go 1 hour without looking at the pace | Walk whenever you like. Done when the hour is over and you could go on.
execution | 15 | Compare 2 pulses: before and after 20 minutes | Count for half a minute each. Done when both are in your log with the date.
habit | {20|25|30} | Move {20|25|30} minutes at an easy pace, 3 times a week | If you cannot talk, slow down. Done when you come home with something left.
habit | 60 | Go 1 km farther every Sunday | Every fourth week, halve it. Done when the distance is in your log.
habit | 5 | Warm up 5 minutes before you set off | Walk, swing the legs, roll the ankles. Done when you feel warm before the first fast step.
habit | 10 | Add 4 strides of 20 seconds, twice a week | Quick but relaxed, a minute of walking in between. Done when the fourth feels like the first.
habit | 20 | Walk the last {2|3|4} stops of the way home | Get off early on fixed days. Done when you have not waited for the next bus.
habit | 5 | Log 3 things after each outing | Distance, time, and one word for how it felt. Done within ten minutes of coming home.
habit | 5 | Stretch 4 muscles after each outing | Calves, thighs, hips, back. Done when each has had half a minute a side.
habit | 30 | Make 1 outing a week a slow one | Slower than feels right. Done when you could have sung on the way.

# body
execution | 60 | Book 1 health check this month | Bring a list of questions about heart, joints and blood. Done when the appointment is confirmed.
execution | 20 | Measure 4 numbers to start from | Weight, pulse at rest, seconds of plank, reach to the toes. Done when they are written down with the date.
execution | 15 | Film 3 exercises from the side | Squat, lunge, push-up. Done when you have found one thing to correct in each.
execution | 20 | Write down 3 old injuries and what caused them | With the year and what helped. Done when each has a rule for next time.
execution | 45 | Ask 1 physiotherapist to look at your posture | Standing, sitting, on one leg. Done when you have two exercises for at home.
execution | 30 | Set up 1 corner with a mat and 2 weights | Visible, and free of laundry. Done when you can begin within a minute.
habit | 15 | Do 3 sets of 10 squats, twice a week | A minute's rest between the sets. Done when the last two repetitions are as clean as the first.
habit | 5 | Hold a plank {30|40|45} seconds every morning | Breathe on, and keep the back flat. Done when you have added five seconds since last week.
habit | 10 | Stretch hips and calves 10 minutes before bed | Half a minute a side, without bouncing. Done when your breath has slowed.
habit | 3 | Stand on 1 leg for a minute on each side | While you brush your teeth. Done when you have not touched the wall.
habit | 2 | Get up every {45|60|90} minutes at the desk | Roll the shoulders, look out of the window. Done when the timer has not rung twice.
habit | 10 | Do 8 push-ups and 12 lunges on 3 days | On a table's edge if the floor is too hard. Done when the form was good to the end.

# food
execution | 45 | Cook 2 new dinners of 20 minutes | Choose ones with five ingredients at most. Done when both have a place in your list.
execution | 20 | Plan 7 dinners and 1 shopping list | Begin with what is in the fridge. Done when the list is sorted by aisle.
execution | 15 | Replace 3 snacks in the cupboard | Nuts, fruit or yoghurt in, the rest given away. Done when the shelf at eye level is new.
execution | 30 | Write 5 breakfasts that take 5 minutes | For weekdays, with what the shop round the corner has. Done when the list hangs on the fridge.
execution | 25 | Test 2 foods for on the way | A banana, a gel, a rice ball: one an outing. Done when you know which your stomach likes.
execution | 20 | Read the labels of 10 things you often eat | Look at sugar, salt and protein. Done when you have replaced two of them.
execution | 40 | Cook 1 meal for four days and freeze 3 | Soup, curry or stew. Done when the boxes have a label with the date.
execution | 15 | Note all you ate and drank on 3 days | One of them on a weekend. Done when you have found one meal to change.
habit | 10 | Eat 1 palm of protein at each meal | Fish, eggs, beans or tofu. Done when it was on all three plates.
habit | 1 | Empty {2|3|4} glasses of water before lunch | Keep the bottle in sight. Done when the bottle is empty at noon.
habit | 15 | Prepare 2 lunches on Sunday and Wednesday | Cook once, fill two boxes. Done when the boxes are in the fridge.
habit | 5 | Put 1 piece of fruit in your bag each morning | Before the keys. Done when it has not come home again.
habit | 2 | Eat something within 30 minutes after exercise | Carbohydrates and a little protein. Done before the shower has steamed up the mirror.
habit | 10 | Fill half of 1 plate a day with vegetables | Frozen ones count. Done when the green half is empty first.
habit | 1 | Keep {3|4|5} days a week free of alcohol | Choose the days on Sunday. Done when the calendar has its marks.
habit | 15 | Sit down for 15 minutes to each lunch | Away from the screen. Done when you can say what it tasted of.

# sleep
execution | 30 | Make the bedroom dark and cool in 3 changes | Curtains, lights of chargers, thermostat. Done when you cannot see your hand at night.
execution | 15 | Move 2 late appointments to before 8 p.m. | Start with those that come back every week. Done when both invitations are changed.
execution | 10 | Note bedtime and waking time of 7 days | Guess where you are not sure. Done when you know your average.
execution | 20 | List 3 early signs that you need a break | A high pulse, a short temper, heavy legs. Done when each has a rule: rest, shorten or stop.
execution | 10 | Mark 1 light week a month for half a year | Half of everything. Done when all six are in the calendar.
execution | 20 | Save 2 addresses for when something hurts | A doctor and a physiotherapist, with phone and hours. Done when they are in your phone.
habit | 5 | Put the phone away {30|45|60} minutes before bed | The charger lives in the kitchen now. Done when the alarm is a clock.
habit | 15 | Dim the lights 1 hour before you sleep | One lamp, warm light, no screen. Done when you yawn before the clock tells you to.
habit | 1 | Get up at 1 fixed time, 7 days a week | Half an hour later on Sundays is the limit. Done when your feet are on the floor.
habit | 2 | Take your pulse on waking, 3 times a week | Before you get up. Done when the number is beside the last one.
habit | 20 | Lie in warm water for 15 minutes on Sundays | Not too hot, an hour before bed. Done when the muscles have let go.
habit | 1 | Leave 2 days a week without training | Not one after the other. Done when you did not go after all.

# study
execution | 20 | Choose 1 book and split it into {8|10|12} parts | A part must fit into one sitting. Done when every part has a week.
execution | 60 | Take 1 practice test under real conditions | No pauses, no phone, the real time limit. Done when you have listed the three weakest topics.
execution | 30 | Summarize 1 chapter on 1 page | From memory first, then with the book open. Done when you could explain it to a friend.
habit | 25 | Study 1 block of 25 minutes every weekday | One topic a block, then five minutes away from the desk. Done when the timer rings.
habit | 15 | Review {10|15|20} cards on the way to work | Say the answer before you turn the card. Done when the pile of the day is empty.
habit | 10 | Explain 1 thing you learned, aloud, each evening | To a person, a pet or a wall. Done when you had no need to look it up.

# create
execution | 60 | Finish 1 rough draft in one sitting | Do not correct while you make it. Done when it has a beginning, a middle and an end.
execution | 20 | Collect 10 ideas in 20 minutes | Bad ones count. Done when you have marked the two that make you smile.
execution | 30 | Share 1 finished piece with 3 people | Ask where they stopped paying attention. Done when you have three honest answers.
habit | {15|20|30} | Make something for {15|20|30} minutes before breakfast | Same chair, same tools, no news before. Done when there is more than yesterday.
habit | 10 | Keep 1 idea a day in a notebook | A line, a sketch, a sound. Done when the page has today's date.
habit | 20 | Copy 1 detail of a master every Saturday | Copying is how hands learn. Done when you can say what makes it work.

# work
execution | 40 | Write down 5 results of the last year, with numbers | What changed, by how much, and what was your part. Done when a stranger sees why it mattered.
execution | 30 | Ask 3 customers or colleagues what bothers them most | Ten minutes each; listen, do not explain. Done when you have their words, not yours.
execution | 60 | Build the smallest version that 1 person can use | Leave out all that can wait. Done when that person has used it without your help.
habit | 50 | Protect 1 block of 50 minutes each morning | No mail, no meetings, one task. Done when the task is further than yesterday.
habit | 10 | Choose the 3 most important tasks each evening | Write them where you will begin tomorrow. Done when the list has no fourth line.
habit | 15 | Write to 1 person in your field every week | A question, a thank-you or something useful. Done when the message is sent.

# money
execution | 40 | List all fixed costs of 1 month | Rent, contracts, insurance, subscriptions. Done when the sum agrees with your bank statement.
execution | 20 | Cancel 2 subscriptions that you do not use | Look through three months of card payments. Done when both cancellations are confirmed.
execution | 15 | Set up 1 transfer to savings on payday | Begin with {5|8|10} percent of your pay. Done when the bank shows the standing order.
habit | 5 | Write down the day's spending in 5 minutes | Every evening, to the nearest coin. Done when the day adds up.
habit | 15 | Check the budget 15 minutes every Saturday | Three figures: planned, spent, left. Done when next week's limit is fixed.
habit | 1 | Wait 24 hours before each larger purchase | Keep a list of wishes, with date and price. Done when the wish is a day old and you decide again.

# people
execution | 20 | Invite 2 people for a date next week | Name a place, a day and a time. Done when both have answered.
execution | 30 | Write 1 letter of 10 lines by hand | Say what they did, and what it meant to you. Done when it is in the letterbox.
execution | 30 | Find 2 groups near you and visit 1 | Look at their next three dates. Done when one of them is in your calendar.
execution | 15 | Tell 3 people what you are up to, and why | Say what you wish from each of them. Done when all three have said something back.
execution | 20 | Ask 1 person for 20 minutes of advice | Come with one question. Done when a date is fixed.
execution | 25 | Send 4 people the date and 1 map | Where they can find you, and when. Done when two of them have said yes.
habit | 10 | Call 1 person every Sunday | Ten minutes, and ask more than you tell. Done when you know one new thing about them.
habit | 15 | Eat 1 meal a day without phones | All phones in one basket. Done when the plates are empty and nobody has reached for it.
habit | 2 | Thank 1 person a day for something particular | In a sentence that fits nobody else. Done when you have said or sent it.
habit | 5 | Share 1 number and 1 photo every week | In one place, with the same people. Done when it is out, whatever the number is.
habit | 60 | Meet 1 friend for it each month | Fix the next date before you part. Done when both of you have it in the calendar.
habit | 5 | Cheer 2 others on each week | Answer, call or stand at the roadside. Done when they know that you noticed.

# home
execution | 30 | Empty 1 drawer and keep half | Three piles: keep, give, throw. Done when what stays has room to move.
execution | 20 | Carry 10 things out of the house | Give away, sell or recycle. Done when they have left, not when they stand in the hall.
execution | 40 | Label {4|6|8} boxes and find them a place | Write on the short side. Done when somebody else finds the scissors.
habit | 10 | Tidy 1 surface for 10 minutes each evening | Always the same one in a week. Done when you can wipe it.
habit | 2 | Put 5 things back before bed | Whatever lies nearest. Done when the floor is free.
habit | 20 | Clear 1 shelf every Saturday morning | Music on, timer on. Done when the timer rings, not when it is perfect.

# mind
execution | 20 | Write down 3 reasons why it matters to you | For whom, and what would be missing without it. Done when one of them moves you.
execution | 15 | Prepare 3 sentences for hard moments | Short, kind, in your own words. Done when you know them by heart.
execution | 30 | Describe 1 good day in a year, hour by hour | Where you wake up, whom you meet, what you do. Done when it fills a page.
execution | 20 | Set 3 levels of success | What would please, what would delight, what would be a dream. Done when you could live with the first one.
execution | 30 | Read 30 pages by somebody who has done it | Underline what they did on bad days. Done when one line hangs where you see it.
execution | 15 | Choose 1 word and 1 gesture for the start | Try them before something easy. Done when they come without thinking.
habit | 5 | Breathe quietly for 5 minutes every morning | In for four counts, out for six. Done when your shoulders have dropped.
habit | 5 | Note 3 good things of the day | Small ones count double. Done when the lines are written before the lamp is out.
habit | 10 | Walk 10 minutes without headphones after lunch | Look for one thing that you have not seen before. Done when you could describe it.
habit | 10 | Picture the last {3|5|10} minutes, twice a week | What you see, hear and feel. Done when you have come to the end.
habit | 30 | Leave the watch at home 1 day a week | No numbers, no sharing. Done when you have forgotten the time at least once.
habit | 3 | Say 1 kind sentence to yourself after a bad day | As you would to a friend. Done when it is written down.

# event
execution | 30 | Write a timetable of the day with 8 lines | From getting up to going to bed. Done when each line has a time and a place.
execution | 20 | Book the journey and 1 night nearby | Choose what can be cancelled. Done when both confirmations are in one folder.
execution | 25 | Pack 1 bag 2 days before | Lay out everything, take a photo, then pack. Done when the list has no gap.
execution | 30 | Compare 3 dates and places in a table | Journey, price, weather, crowds. Done when one row is marked.
execution | 10 | Set 2 alarms for the day that bookings open | The day before, and ten minutes before. Done when the account with your data is ready.
execution | 45 | Study 5 places where it gets hard | On a map or in a film of last year. Done when each has a plan of one sentence.
habit | 30 | Rehearse 1 part under real conditions every week | Same clothes, same time of day. Done when nothing surprised you.
habit | 5 | Check 3 open points every Friday | Tickets, people, equipment. Done when each has a name and a date.
habit | 10 | Go through the day in your head for 10 minutes every Sunday | From waking up to the way home. Done when you have found one thing to prepare.
habit | 20 | Try 1 piece of your equipment every week | Shoes, clothes, bag, device. Done when it has not rubbed, slipped or failed.
habit | 10 | Cut the effort by {20|30|40} percent in each of the last 3 weeks | Shorter, not slower. Done when you feel restless rather than tired.
habit | 5 | Read the organizer's news 1 time a week | On Mondays; write changes into your timetable. Done when nothing in it is older than a week.
`;
