import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { howToGetIt } from '../../local/aws/dynamodb/binary.ts';
import project from '../../package.json' with { type: 'json' };

describe('what a machine lacks', () => {
  /** What scripts/require-node.cjs says on a machine. */
  function requireNode(version: string, platform: string, arch: string) {
    const machine = JSON.stringify({ platform, arch, version: `v${version}`, versions: { node: version } });
    const script = join(import.meta.dirname, '../../scripts/require-node.cjs');
    const lines = `for (const [name, value] of Object.entries(${machine})) Object.defineProperty(process, name, { value });`;
    return spawnSync(process.execPath, ['-e', `${lines} require(${JSON.stringify(script)})`], { encoding: 'utf8' });
  }

  for (const [version, platform, arch, command] of [
    ['20.20.2', 'linux', 'x64', 'npm ci --include=optional'],
    ['22.21.1', 'darwin', 'arm64', 'brew install node'],
    ['24.1.0', 'linux', 'ppc64', 'install Node 24'],
  ] as const) {
    it(`is named in one command: a newer Node than ${version} on ${platform} ${arch}`, () => {
      const { status, stderr } = requireNode(version, platform, arch);
      expect(status).to.equal(1);
      expect(stderr).to.contain(`found v${version}. On ${platform}-${arch}: ${command}`);
    });
  }

  it('is no Node that has all that is used', () => {
    for (const version of ['24.2.0', '24.21.0', '26.0.0'])
      expect(requireNode(version, 'darwin', 'arm64'), version).to.include({ status: 0, stderr: '' });
  });

  it('is named in one command: the database engine, in the version of Linux x64', () => {
    const version = project.optionalDependencies['@dynoxide/linux-x64'];
    expect(howToGetIt('linux-x64')).to.match(/^Get it: npm ci --include=optional\./);
    for (const platform of ['darwin-arm64', 'darwin-x64', 'linux-arm64'])
      expect(howToGetIt(platform)).to.contain(`Get it: npm install --no-save @dynoxide/${platform}@${version}.`);
    expect(howToGetIt('win32-x64')).to.match(/^Get dynoxide \d+\.\d+\.\d+ from https:/);
  });
});
