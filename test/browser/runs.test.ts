import { describeRetry } from './retry.ts';
import { describeRun } from './run.ts';
import { useSite } from './support.ts';
import { describeComingBack } from './truth/coming-back.ts';
import { describeEnds } from './truth/ends.ts';
import { describeFreshness } from './truth/freshness.ts';

describe('runs on the page', function () {
  this.timeout(600_000);
  const site = useSite();
  describeRun(site);
  describeRetry(site);
  describe('what the page says in the browser', () => {
    for (const describePart of [describeEnds, describeFreshness, describeComingBack]) describePart(site);
  });
});
