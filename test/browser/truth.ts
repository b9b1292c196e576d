import type { Site } from './support.ts';
import { describeComingBack } from './truth/coming-back.ts';
import { describeEnds } from './truth/ends.ts';
import { describeFreshness } from './truth/freshness.ts';
import { describeMissingViews } from './truth/missing-views.ts';

/** The page says nothing that is not true. */
export function describeTruth(site: () => Site): void {
  describe('what the page says in the browser', () => {
    for (const describePart of [describeMissingViews, describeEnds, describeFreshness, describeComingBack])
      describePart(site);
  });
}
