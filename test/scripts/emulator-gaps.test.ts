import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compareWithGaps, type Gap, readGaps } from '../../scripts/emulator/gaps.ts';
import { ROOT, read } from '../documents.ts';
import { useDataDir } from '../support/data-dir.ts';
import { runToEnd } from '../support/stack/process.ts';

const GAPS = readGaps('scripts/emulator/gaps.json');
/** Plans of the stage `emulator` that OpenTofu made on MiniStack, with some of their resources. */
const recorded = (name: string) => read(`test/scripts/recorded/${name}.json`);

const changing = (actions: readonly string[]) =>
  JSON.stringify({
    format_version: '1.2',
    resource_changes: [
      {
        address: 'aws_sqs_queue.one',
        type: 'aws_sqs_queue',
        change: { actions, before: null, after: { name: 'one' } },
      },
    ],
  });
const gap = (type: string, what: string): Gap => ({ type, what, reason: 'the emulator does not keep it' });

describe('a second plan, compared with the gaps of the emulator', () => {
  const cases: readonly [of: string, text: string, gaps: readonly Gap[], unknown: readonly string[], gone: number][] = [
    ['the known gaps alone', recorded('second-plan'), GAPS, [], 0],
    [
      'a gap that nobody knows',
      recorded('second-plan'),
      [],
      ['aws_apigatewayv2_authorizer.http_authorizer: authorizer_payload_format_version'],
      0,
    ],
    ['a gap that is gone', recorded('second-plan'), [...GAPS, gap('aws_sqs_queue', 'tags')], [], 1],
    [
      'what is known after the deploy alone, and what differs inside of a block',
      recorded('plan-of-another-address'),
      GAPS,
      [
        'aws_lambda_alias.generate_tasks_live: function_version',
        'aws_lambda_function.generate_tasks_function: environment',
        'aws_lambda_function.generate_tasks_function: qualified_arn',
        'aws_lambda_function.generate_tasks_function: version',
      ],
      0,
    ],
    ['no change at all', '{"format_version":"1.2"}', GAPS, [], GAPS.length],
    ['nothing but data that is read', changing(['read']), [], [], 0],
    ['a resource that the emulator lost', changing(['create']), [], ['aws_sqs_queue.one: create'], 0],
    ['one that it loses each time', changing(['create']), [gap('aws_sqs_queue', 'create')], [], 0],
    [
      'one that is to be replaced',
      changing(['delete', 'create']),
      [gap('aws_sqs_queue', 'create')],
      ['aws_sqs_queue.one: delete'],
      0,
    ],
  ];
  for (const [of, text, gaps, unknown, gone] of cases) {
    it(`finds ${of}`, () => {
      const found = compareWithGaps(text, gaps);
      expect([...found.unknown].sort()).to.deep.equal(unknown);
      expect(found.gone).to.deep.equal(gaps.slice(gaps.length - gone));
    });
  }

  it('refuses what is no plan', () => {
    expect(() => compareWithGaps('{"values":{}}', [])).to.throw('no plan');
  });
});

describe('make second-plan', function () {
  this.timeout(300_000);
  const folder = useDataDir();

  /** Runs it with a Terraform whose plan is a recorded one. */
  function run(plan: string, environment: Record<string, string> = {}) {
    const stack = join(folder(), 'stacks', 'goal-activity-emulator');
    mkdirSync(stack, { recursive: true });
    writeFileSync(join(stack, 'cdk.tf.json'), '{}');
    const tool = join(folder(), 'terraform-of-test');
    const recordedPlan = join(ROOT, 'test/scripts/recorded', `${plan}.json`);
    const shell = `case "$2" in plan) [ -z "$BROKEN" ] || { echo "Error: no state" >&2; exit 1; } ;; show) cat '${recordedPlan}' ;; esac`;
    writeFileSync(tool, `#!/bin/sh\n${shell}\n`, { mode: 0o755 });
    const usual = { STAGE: 'emulator', CDKTF_OUTDIR: folder(), TERRAFORM_BINARY_NAME: tool, TOOL: '' };
    const addresses = { AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_BEDROCK_RUNTIME: '' };
    return runToEnd('scripts/emulator/second-plan.ts', { ...usual, ...addresses, ...environment });
  }

  const cases: readonly [of: string, plan: string, environment: Record<string, string>, code: number, said: string][] =
    [
      ['passes', 'second-plan', {}, 0, 'A second plan shows the known gaps of the emulator, and nothing else.'],
      [
        'names what else would change',
        'plan-of-another-address',
        {},
        1,
        'A second plan would change aws_lambda_alias.generate_tasks_live: function_version',
      ],
      ['says what Terraform says', 'second-plan', { BROKEN: '1' }, 1, 'emulator cannot be planned: Error: no state'],
      ['refuses a stage of AWS', 'second-plan', { STAGE: 'dev' }, 1, 'dev is a stage of AWS, and no emulator'],
    ];
  for (const [of, plan, environment, code, said] of cases) {
    it(of, async () => {
      const ended = await run(plan, environment);
      expect(ended.stdout + ended.stderr).to.include(said);
      expect(ended.code).to.equal(code);
    });
  }
});
