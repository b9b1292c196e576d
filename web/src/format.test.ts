import { expect } from 'chai';
import { createFormats } from './format.ts';

const en = createFormats('en', 'Asia/Tokyo');
const ja = createFormats('ja', 'Asia/Tokyo');

describe('formats', () => {
  it('shows money with digits that say something', () => {
    const sums = [0, 0.00001, 0.00254, 0.0419, 0.653, 12.3456].map(en.money);
    expect(sums).to.deep.equal(['$0.00', '< $0.0001', '$0.0025', '$0.042', '$0.65', '$12.35']);
    expect(ja.money(0.653)).to.equal('$0.65');
  });

  it('shows durations in the units that a person would use', () => {
    const short = [-1, 0, 59.6, 75, 120].map(en.duration);
    expect(short).to.deep.equal(['0 s', '0 s', '1 min', '1 min 15 s', '2 min']);
    const long = [599, 700, 3600, 5400].map(en.duration);
    expect(long).to.deep.equal(['9 min 59 s', '12 min', '1 h', '1 h 30 min']);
    expect([45, 75, 5400].map(ja.duration)).to.deep.equal(['45秒', '1分15秒', '1時間30分']);
  });

  it('shows short durations in milliseconds and tenths of seconds', () => {
    const durations = [0.4, 320, 1520, 75_000].map((value) => en.shortDuration(value));
    expect(durations).to.deep.equal(['0 ms', '320 ms', '1.5 s', '1 min 15 s']);
    expect([320, 1520].map((value) => ja.shortDuration(value))).to.deep.equal(['320ミリ秒', '1.5秒']);
  });

  it('shows a deadline as the same day in every time zone', () => {
    expect(createFormats('en', 'America/Los_Angeles').day('2027-11-14')).to.equal('Nov 14, 2027');
    expect(ja.day('2027-11-14')).to.equal('2027/11/14');
  });

  it('shows a timestamp in the time zone of the person', () => {
    expect(en.dateTime('2026-01-31T20:30:00.000Z')).to.match(/^Feb 1, 2026,? .*5:30.*AM$/);
  });
});
