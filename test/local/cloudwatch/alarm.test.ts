import { expect } from 'chai';
import { type Datapoint, evaluate } from '../../../local/aws/cloudwatch/alarm.ts';

const START = Date.parse('2026-01-31T12:00:00.000Z');
const rule = {
  comparison: 'GreaterThanThreshold',
  threshold: 10,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
} as const;
const values = { X: 20, '0': 0, '-': undefined } as const;
type Sign = keyof typeof values;
const isSign = (text: string): text is Sign => Object.hasOwn(values, text);

/** Datapoints as AWS's guide writes them: X breaches, 0 does not, - is missing; oldest first. */
const datapoints = (signs: string): Datapoint[] =>
  signs
    .split(' ')
    .filter(isSign)
    .map((sign, index) => ({ start: START + index * 60_000, value: values[sign] }));

describe('the evaluation of an alarm', () => {
  /** The rows of "How alarm state is evaluated when data is missing", for data that are not breaching. */
  for (const [evaluationPeriods, datapointsToAlarm, signs, state] of [
    [3, 3, '0 - X - X', 'OK'],
    [3, 3, '- - - - 0', 'OK'],
    [3, 3, '- - - - -', 'OK'],
    [3, 3, '0 X X - X', 'ALARM'],
    [3, 3, '- - X - -', 'OK'],
    [3, 2, '0 - X - X', 'ALARM'],
    [3, 2, '0 0 X 0 X', 'ALARM'],
    [3, 2, '0 - X - -', 'OK'],
    [3, 2, '- - - X -', 'OK'],
  ] as const) {
    it(`is AWS's for ${signs} where ${datapointsToAlarm} of ${evaluationPeriods} must breach: ${state}`, () => {
      const given = { ...rule, evaluationPeriods, datapointsToAlarm };
      expect(evaluate(given, datapoints(signs)).state).to.equal(state);
    });
  }

  for (const [comparison, breaching] of [
    ['GreaterThanThreshold', [false, false, true]],
    ['GreaterThanOrEqualToThreshold', [false, true, true]],
  ] as const) {
    it(`compares below, at and above the threshold by ${comparison}`, () => {
      const found = [9, 10, 11].map((value) => {
        const one = { ...rule, comparison, evaluationPeriods: 1, datapointsToAlarm: 1 };
        return evaluate(one, [{ start: START, value }]).state === 'ALARM';
      });
      expect(found).to.deep.equal(breaching);
    });
  }
});
