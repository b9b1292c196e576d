import { describeChart } from './chart.ts';
import { describeChartInTime } from './chart-in-time.ts';
import { describeCreating } from './create.ts';
import { describeEntry } from './entry.ts';
import { describeLook } from './look.ts';
import { describeReference } from './reference.ts';
import { describeRetry } from './retry.ts';
import { describeRun } from './run.ts';
import { useSite } from './support.ts';
import { describeTruth } from './truth.ts';
import { describeUse } from './use.ts';
import { describeGoal } from './use-goal.ts';

/** One stack and one browser serve all: each test has visitors of its own, and each suite says how quick the AI is. */
describe('the page', function () {
  this.timeout(300_000);
  const site = useSite();

  const rooms = [describeCreating, describeEntry, describeLook, describeRun, describeRetry, describeChart];
  const more = [describeChartInTime, describeTruth, describeUse, describeGoal, describeReference];
  for (const describeRoom of [...rooms, ...more]) describeRoom(site);
});
