import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { realStages } from '../../modules/config.ts';
import { ACCEPTED } from '../../scripts/policy/checkov/accepted.ts';
import { findingsOf, judge, readableJson } from '../../scripts/policy/checkov/findings.ts';
import { parseDocument } from '../../scripts/policy/document.ts';
import { read } from '../documents.ts';

const STACK = {
  terraform: { required_version: '>= 1.10' },
  output: { table: { value: '${aws_dynamodb_table.goals.name}' } },
  provider: { aws: [{ default_tags: [{ tags: { Stage: 'dev' } }] }] },
  resource: { aws_s3_bucket: { page: {} }, aws_sqs_queue: { dead: {} }, aws_dynamodb_table: { goals: {} } },
};
const failed = (check: string, resource: string) => ({ check_id: check, check_name: `asks of ${check}`, resource });
const report = (failed_checks: readonly object[], summary: object = { passed: 9, parsing_errors: 0 }) => ({
  results: { failed_checks },
  summary,
});
const findingsIn = (from: unknown) => findingsOf('goal-activity-dev', parseDocument(STACK), from);

describe('findings of checkov', () => {
  it('name the resource by its address, also where checkov leaves out the type', () => {
    const found = findingsIn(report([failed('A', 'resource.goals'), failed('B', 'aws_s3_bucket.page')]));
    expect(found.map(({ check, resource }) => `${check} ${resource}`)).to.deep.equal([
      'A aws_dynamodb_table.goals',
      'B aws_s3_bucket.page',
    ]);
  });

  for (const [title, from, message] of [
    ['could not be read', report([], { passed: 0, parsing_errors: 1 }), /could not read goal-activity-dev/],
    ['was not checked at all', report([], { passed: 0, parsing_errors: 0 }), /checked nothing/],
    ['got no report', { passed: 0 }, /could not read/],
  ] as const) {
    it(`are not none when a stack ${title}`, () => {
      expect(() => findingsIn(from)).to.throw(message);
    });
  }

  it('are looked for in a stack without the blocks that checkov cannot read', () => {
    expect(Object.keys(JSON.parse(readableJson(JSON.stringify(STACK))))).to.deep.equal(['provider', 'resource']);
  });

  it('are accepted of the resources that the reason is about alone, and reasons that are about nothing any more are told', () => {
    const [queue, bucket] = findingsIn(report([failed('A', 'aws_sqs_queue.dead'), failed('A', 'aws_s3_bucket.page')]));
    const accepted = [
      { check: 'A', on: /^aws_sqs_queue\./, reason: 'of queues' },
      { check: 'B', on: /^aws_sqs_queue\./, reason: 'of nothing' },
    ];
    expect(
      judge(
        [queue, bucket].flatMap((each) => each ?? []),
        accepted,
      ),
    ).to.deep.equal({
      open: [bucket],
      stale: [accepted[1]],
    });
  });

  it('are accepted with a reason that is a sentence', () => {
    for (const { check, reason } of ACCEPTED) expect(reason, check).to.match(/^\S+ .{15,}[^\s.]\.$/);
  });
});

describe('command of the policy scan', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-scan-'));
    for (const stage of realStages()) {
      const stack = join(folder, 'stacks', `goal-activity-${stage}`);
      mkdirSync(stack, { recursive: true });
      writeFileSync(join(stack, 'cdk.tf.json'), JSON.stringify(STACK));
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the command with a checkov that does what these lines of shell say. */
  function scan(lines: string) {
    const checkov = join(folder, 'checkov');
    writeFileSync(checkov, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    const script = join(import.meta.dirname, '..', '..', 'scripts', 'policy', 'checkov.ts');
    const env = { ...process.env, CHECKOV: checkov, CDKTF_OUTDIR: folder, BC_API_KEY: 'secret' };
    return spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  }

  it('ends with 1 and tells of what is not accepted, and of what is accepted in vain', () => {
    const { status, stderr } = scan(`echo '${JSON.stringify(report([failed('NEW', 'resource.dead')]))}'`);
    expect(status).to.equal(1);
    expect(stderr).to.include('NEW: goal-activity-dev: aws_sqs_queue.dead: asks of NEW\n');
    expect(stderr).to.include('CKV_AWS_115: is found no more on ');
  });

  it('gives checkov no key and no way to the network, and tells when it breaks down', () => {
    const { status, stderr } = scan(`env > ${folder}/environment; echo "$*" > ${folder}/asked; echo 'no module x' >&2`);
    expect(status).to.equal(1);
    expect(stderr).to.equal('make policy-scan cannot run: no module x\n');
    const environment = readFileSync(join(folder, 'environment'), 'utf8');
    expect(environment)
      .to.match(/^HTTPS_PROXY=http:\/\/127\.0\.0\.1:9$/m)
      .and.not.include('secret');
    expect(readFileSync(join(folder, 'asked'), 'utf8')).to.include('--skip-download');
  });

  it('says how to synthesize what is not there', () => {
    rmSync(join(folder, 'stacks', 'goal-activity-dev'), { recursive: true });
    expect(scan('exit 1').stderr).to.match(/run make synth STAGE=dev\n$/);
  });

  it('installs one version of checkov, by its hashes', () => {
    expect(read('scripts/policy/checkov/requirements.txt')).to.match(/^checkov==\d+\.\d+\.\d+ \\\n +--hash=sha256:/m);
  });
});
