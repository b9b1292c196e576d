import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Construct, RootConstruct } from 'constructs';
import { loadConfig } from '../../modules/config.ts';
import { LOCK_FILE } from '../../modules/lock-file.ts';
import { ReadableStack } from '../../modules/readable-stack.ts';
import settings from '../../modules/settings.json' with { type: 'json' };
import { synthesize } from '../../modules/stack.ts';
import { parseDocument, referencesIn } from '../../scripts/policy/document.ts';
import { violationsOf } from '../../scripts/policy/rules.ts';
import { withFolders } from './folders.ts';
import { bare, dev, full, prod, synthesizeBootstrap, synthesizeStage, synthesizeTexts } from './synthesized.ts';

/** What is left once everything is taken away, again and again, that refers to nothing of the rest: circles. */
function circlesIn(references: ReadonlyMap<string, readonly string[]>): readonly string[] {
  let left = [...references.keys()];
  for (;;) {
    const bound = left.filter((node) => references.get(node)?.some((target) => left.includes(target)));
    if (bound.length === left.length) return left;
    left = bound;
  }
}

const STACKS = {
  dev,
  prod,
  emulator: synthesizeStage('emulator'),
  'prod with domains and a user pool': full,
  'prod without all that can be left out': bare,
  'the bucket for the state of dev': synthesizeBootstrap('dev'),
  'the bucket for the state of prod': synthesizeBootstrap('prod'),
};

for (const [name, synthesized] of Object.entries(STACKS)) {
  describe(`Terraform JSON of ${name}`, () => {
    const document = parseDocument(synthesized);
    const references = new Map(
      document.resources.map(({ address, of: { depends_on: after, ...of } }) => [
        address,
        [...referencesIn(of), ...Object.values(Object(after)).map(String)],
      ]),
    );

    it('refers to resources that are there, in no circle, which Terraform would refuse', () => {
      const used = [...[...references.values()].flat(), ...referencesIn(synthesized.output)];
      expect(used).to.have.length.greaterThan(5);
      expect(used.filter((target) => !references.has(target))).to.deep.equal([]);
      expect(circlesIn(references)).to.deep.equal([]);
    });

    it('keeps every rule of the policy check', () => {
      expect(violationsOf(document)).to.deep.equal([]);
    });
  });
}

describe('synthesis', () => {
  it('is the same byte for byte in another folder, names no folder of this machine, and takes less than 10 s', () => {
    // Seconds of a processor, since other work on this machine must not count.
    const before = process.cpuUsage();
    const { stage: first } = synthesizeTexts('prod');
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).to.be.below(10);
    expect(synthesizeTexts('prod').stage).to.equal(first);
    expect(first)
      .to.not.include(join(import.meta.dirname, '..', '..'))
      .and.not.include('goal-activity-synth-');
  });

  it('refuses names of resources that come out the same, where cdktf would merge the two', () => {
    const stack = new ReadableStack(new RootConstruct(), 'stack');
    const nameOf = (construct: Construct) => stack.getLogicalId(construct.node);
    expect(nameOf(new Construct(stack, 'expired-rows'))).to.equal('expired_rows');
    const other = new Construct(new Construct(stack, 'expired'), 'rows');
    expect(() => nameOf(other)).to.throw('expired/rows and expired-rows would both be called expired_rows');
  });
});

describe('Terraform settings', () => {
  it('have the lock file beside every stack, and allow the version of the provider that it names', () => {
    const lockFile = readFileSync(LOCK_FILE, 'utf8');
    withFolders(({ zipFolder, outputFolder }) => {
      synthesize({ config: loadConfig('dev'), zipFolder, outputFolder });
      for (const stack of ['goal-activity-dev', 'goal-activity-bootstrap-dev'])
        expect(readFileSync(join(outputFolder, 'stacks', stack, '.terraform.lock.hcl'), 'utf8')).to.equal(lockFile);
    });
    const allowed = new Set([...lockFile.matchAll(/^ {2}constraints = "(.*)"$/gm)].map(([, constraint]) => constraint));
    for (const { terraform } of [dev, synthesizeBootstrap('dev')])
      expect([terraform.required_providers]).to.deep.equal(
        [...allowed].map((version) => ({ aws: { source: 'aws', version } })),
      );
  });

  it('fix the account, and keep the state in its bucket, locked, by its own default key, by a Terraform that can lock there', () => {
    const { account, region, stateBucket } = settings.prod;
    expect(prod.provider.aws[0]).to.deep.include({ region, allowed_account_ids: [account] });
    expect(prod.terraform).to.deep.include({
      required_version: '>= 1.10.0',
      backend: {
        s3: {
          bucket: stateBucket,
          key: 'goal-activity-prod/terraform.tfstate',
          region,
          allowed_account_ids: [account],
          use_lockfile: true,
        },
      },
    });
    // Without a bucket, beside main.ts.
    const path = '../../../terraform.goal-activity-prod.tfstate';
    expect(bare.terraform.backend).to.deep.equal({ local: { path } });
  });
});
