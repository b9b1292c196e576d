import { expect } from 'chai';
import { parseExpression } from '../../../local/aws/cloudwatch/expression.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { SynthError } from '../../../modules/synth-error.ts';
import { at, bare, prod, resourcesOf, synthesizeStage, underscored, withProd } from '../synthesized.ts';

const alarmOf = (name: string, of = prod) =>
  at(of, `aws_cloudwatch_metric_alarm.monitoring_alarms_${underscored(name)}`);

/** When an alarm goes off: the threshold, and in how many periods out of how many. */
function triggerOf(name: string, of = prod): readonly unknown[] {
  const { comparison_operator: operator, threshold, datapoints_to_alarm, evaluation_periods } = alarmOf(name, of);
  return [operator === 'GreaterThanThreshold' ? '>' : '>=', threshold, datapoints_to_alarm, evaluation_periods];
}

// When failure-rate goes off is what test/properties/alarm.test.ts proves.
describe('alarms', () => {
  for (const [title, name, ...trigger] of [
    ['on the third error of a step, which its retries do not heal', 'lambda-errors-get-actions', '>=', 3, 1, 1],
    ['on the first error elsewhere, which is a defect', 'lambda-errors-goals', '>=', 1, 1, 1],
    ['when a quarter of the calls fail of a step that may fail', 'lambda-errors-save-tasks', '>', 25, 2, 3],
    ['when a function was throttled', 'lambda-throttles-goals', '>=', 1, 1, 1],
    ['when generate-tasks, which so queues, is throttled always', 'lambda-throttles-generate-tasks', '>=', 1, 3, 3],
  ] as const) {
    it(`go off ${title}`, () => {
      expect(triggerOf(name)).to.deep.equal(trigger);
    });
  }

  it('take every throttled generate-tasks for trouble where no concurrency is reserved for it', () => {
    expect(triggerOf('lambda-throttles-generate-tasks', bare)).to.deep.equal(['>=', 1, 1, 1]);
  });

  it('reckon the share of calls that fail, and none where there were no calls', () => {
    const { metric_query: queries } = alarmOf('lambda-errors-save-tasks');
    const { expression } = Object(Object.values(Object(queries)).at(-1));
    const rateOf = (values: Readonly<Record<string, number>>) =>
      parseExpression(expression).compute((id) => values[id]);
    expect([{ invocations: 8, errors: 2 }, { invocations: 8 }, {}].map(rateOf)).to.deep.equal([25, 0, 0]);
  });

  it('are refused at synth where the settings make a description longer than the 1024 characters of CloudWatch', () => {
    const url = (length: number) => ({ runbookUrl: `https://example.com/${'x'.repeat(length - 20)}` });
    const alarms = Object.values(resourcesOf(prod, 'aws_cloudwatch_metric_alarm'));
    const longest = Math.max(...alarms.map(({ alarm_description: text }) => String(text).length));
    const room = 1024 - longest + settings.prod.runbookUrl.length;
    expect(() => synthesizeStage('prod', withProd(url(room)))).not.to.throw();
    expect(() => synthesizeStage('prod', withProd(url(room + 1)))).to.throw(SynthError, 'has 1025 characters');
  });
});
