import { expect } from 'chai';
import { paths, routeOf } from './router.ts';

const arn = 'arn:aws:states:ap-northeast-1:123456789012:execution:goal-activity-dev:0b6f8f5e-1';

describe('addresses', () => {
  it('lead back to what they were made of', () => {
    expect(routeOf(paths.goals)).to.deep.equal({ view: 'goals' });
    expect(routeOf(paths.create)).to.deep.equal({ view: 'create' });
    expect(routeOf(paths.history)).to.deep.equal({ view: 'history' });
    expect(routeOf(paths.goal('a/b?c'))).to.deep.equal({ view: 'goal', goalId: 'a/b?c' });
    expect(routeOf(paths.run(arn))).to.deep.equal({ view: 'run', executionArn: arn });
    expect(paths.run(arn)).to.equal(`/runs/${arn}`);
  });

  it('that lead nowhere are unknown', () => {
    for (const path of ['/nope', '/runs', '/history/x', '/goals/a/b', '/%']) {
      expect(routeOf(path), path).to.deep.equal({ view: 'unknown' });
    }
  });
});
