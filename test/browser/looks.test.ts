import { describeChart } from './chart.ts';
import { describeChartInTime } from './chart-in-time.ts';
import { describeLook } from './look.ts';
import { useSite } from './support.ts';

describe('the look of the page', function () {
  this.timeout(600_000);
  const site = useSite();
  for (const describePart of [describeLook, describeChart, describeChartInTime]) describePart(site);
});
