import { describeCreating } from './create.ts';
import { describeEntry } from './entry.ts';
import { describeReference } from './reference.ts';
import { useSite } from './support.ts';
import { describeMissingViews } from './truth/missing-views.ts';
import { describeUse } from './use.ts';
import { describeGoal } from './use-goal.ts';

describe('goals and tasks on the page', function () {
  this.timeout(600_000);
  const site = useSite();
  for (const describePart of [describeCreating, describeEntry, describeUse, describeGoal]) describePart(site);
  for (const describePart of [describeMissingViews, describeReference]) describePart(site);
});
