import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SynthError } from '../../../modules/synth-error.ts';
import { parseOutputs, readOutputs } from '../../../scripts/terraform/outputs.ts';
import { ToolError } from '../../../scripts/terraform/tool.ts';

const DEPLOYED = '{"apiUrl":{"sensitive":false,"type":"string","value":"https://api.example.com"}}';

describe('outputs of a stage', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-outputs-'));
    mkdirSync(join(folder, 'stacks', 'goal-activity-dev'), { recursive: true });
    writeFileSync(join(folder, 'stacks', 'goal-activity-dev', 'cdk.tf.json'), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Reads them by a tool that does what these lines of shell say; `$2` is its command. */
  function read(lines: string) {
    const tool = `#!/bin/sh\necho "$*" >> ${folder}/asked\n${lines}\n`;
    writeFileSync(join(folder, 'tofu'), tool, { mode: 0o755 });
    return readOutputs('dev', { PATH: `${folder}:/bin:/usr/bin`, CDKTF_OUTDIR: folder, TOOL: 'tofu' });
  }
  const asked = () => readFileSync(join(folder, 'asked'), 'utf8').replaceAll(`-chdir=${folder}/stacks/`, '');

  it('are what the tool prints for the folder of the stack', () => {
    const outputs = read(`echo '${DEPLOYED}'`);
    expect(outputs.get('apiUrl')).to.equal('https://api.example.com');
    expect(outputs.find('websiteUrl')).to.equal(undefined);
    expect(asked()).to.equal('goal-activity-dev output -json -no-color\n');
  });

  it('are read once the stack is initialized, in a fresh clone', () => {
    const needsInit = `[ $2 = init ] && exec touch ${folder}/ready
      [ -f ${folder}/ready ] && exec echo '${DEPLOYED}'
      echo 'Error: Backend initialization required, please run "tofu init"' >&2; exit 1`;
    expect(read(needsInit).get('apiUrl')).to.equal('https://api.example.com');
    expect(asked()).to.match(/ output .*\n.* init -input=false -no-color\n.* output /);
  });

  for (const [title, lines, message] of [
    ['when the tool fails', 'echo no credentials >&2; exit 1', /^The outputs of dev .*output failed\nno credentials$/],
    [
      'when init fails',
      'echo "Initialization required: $2" >&2; exit 1',
      /init failed\nInitialization required: init$/,
    ],
    ['when nothing is deployed', 'echo {}', /^dev is not deployed: .* make deploy STAGE=dev$/],
  ] as const) {
    it(`say what is wrong ${title}`, () => {
      expect(() => read(lines)).to.throw(ToolError, message);
    });
  }

  it('are not read from an emulator for a stage of AWS', () => {
    const environment = { CDKTF_OUTDIR: folder, AWS_ENDPOINT_URL_S3: 'http://localhost:4566' };
    expect(() => readOutputs('dev', environment)).to.throw(
      SynthError,
      'dev is a stage of AWS, but AWS_ENDPOINT_URL_S3=',
    );
  });

  it('are refused when they are not what the tool prints', () => {
    for (const text of ['', '[]', 'null', '{"apiUrl":"https://api.example.com"}', '{"apiUrl":{"value":7}}'])
      expect(() => parseOutputs('dev', text), text).to.throw(ToolError, /^The outputs of dev are no /);
  });

  it('name an output that the deployed version has not', () => {
    expect(() => parseOutputs('dev', DEPLOYED).get('functionPrefix')).to.throw(
      ToolError,
      'dev has no output functionPrefix: it was deployed by another version. make deploy STAGE=dev',
    );
  });
});
