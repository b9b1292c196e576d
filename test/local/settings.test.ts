import { isAbsolute } from 'node:path';
import { expect } from 'chai';
import { readSettings, SettingError } from '../../local/settings.ts';

describe('readSettings', () => {
  it('has a default for everything', () => {
    const { dataDir, ...others } = readSettings({});
    expect(others).to.deep.equal({ port: 3000, timeScale: 1, eventDeliveries: 1 });
    expect(isAbsolute(dataDir)).to.equal(true);
  });

  it('takes what is given', () => {
    const environment = { PORT: '0', TIME_SCALE: '0.5', EVENT_DELIVERIES: '0', DATA_DIR: '/data' };
    expect(readSettings(environment)).to.deep.equal({ port: 0, timeScale: 0.5, eventDeliveries: 0, dataDir: '/data' });
  });

  for (const [name, value] of [
    ['PORT', '65536'],
    ['PORT', 'http'],
    ['TIME_SCALE', '0'],
    ['TIME_SCALE', 'fast'],
    ['EVENT_DELIVERIES', '1.5'],
    ['EVENT_DELIVERIES', '11'],
  ] as const)
    it(`names ${name} when it is ${value}`, () => {
      expect(() => readSettings({ [name]: value })).to.throw(SettingError, `${name} is ${value}; it must be`);
    });
});
