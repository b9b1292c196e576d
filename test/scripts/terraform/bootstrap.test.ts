import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { bootstrap } from '../../../scripts/terraform/bootstrap.ts';
import type { Choice } from '../../../scripts/terraform/commands.ts';
import { execute } from '../../../scripts/terraform/execute.ts';
import { ToolError } from '../../../scripts/terraform/tool.ts';

const STACK = 'goal-activity-bootstrap-dev';
const LOCAL = `terraform.${STACK}.tfstate`;

/**
 * Stands in for terraform, with its two backends: `bucket` in the folder is the bucket, `stack/using` what the stack was initialized
 * with. A step that is named in the file `broken` fails after it was done; `denied` is an account without access.
 */
const TERRAFORM = `#!/bin/sh
cd "\${1#-chdir=}" || exit 9
root=..; shift; echo "$*" >> $root/asked
state() { if [ "$(cat using)" = local ]; then echo $root/${LOCAL}; else echo $root/bucket/state; fi; }
fail() { echo "Error: $1" >&2; exit 1; }
case "$1 $2" in
  "init -reconfigure")
    if [ -f backend_override.tf.json ]; then echo local > using
    elif [ -f $root/denied ]; then fail 'Access Denied'
    elif [ -d $root/bucket ]; then echo s3 > using
    else fail 'S3 bucket "x" does not exist.'; fi ;;
  "init -migrate-state") [ "$(cat using)" = local ] || fail 'nothing to move'
    if grep -q migrate $root/broken 2>/dev/null; then fail broken; fi
    cp $root/${LOCAL} $root/bucket/state; echo s3 > using ;;
  "state list") cat "$(state)" 2>/dev/null || fail 'No state file was found!' ;;
  apply*) mkdir -p $root/bucket; echo bucket > "$(state)"
    if grep -q apply $root/broken 2>/dev/null; then fail broken; fi ;;
esac
`;

const FIRST = ['init -reconfigure -input=false', 'init -reconfigure -input=false', 'apply'];
const MOVE = 'init -migrate-state -force-copy -input=false';
const AGAIN = ['init -reconfigure -input=false', 'state list', 'apply'];
const NO_CHOICE: Choice = { tool: '', binary: '', autoApprove: false, planFile: '' };

describe('make bootstrap', () => {
  let root = '';
  let said: sinon.SinonStub;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'goal-activity-bootstrap-'));
    mkdirSync(join(root, 'stack'));
    writeFileSync(join(root, 'terraform'), TERRAFORM, { mode: 0o755 });
    said = sinon.stub(console, 'error');
    sinon.stub(process.stderr, 'write');
  });
  afterEach(() => {
    sinon.restore();
    rmSync(root, { recursive: true });
  });

  const put = (name: string, text = '') => writeFileSync(join(root, name), text);
  const lines = (name: string) => readFileSync(join(root, name), 'utf8').trim().split('\n');
  const isMoved = () => ({
    inBucket: existsSync(join(root, 'bucket', 'state')),
    files: readdirSync(root).filter((name) => name.startsWith(LOCAL)),
    overrides: readdirSync(join(root, 'stack')).filter((name) => name.includes('override')),
  });
  const MOVED = { inBucket: true, files: [`${LOCAL}.moved`], overrides: [] };

  /** @returns the status, and what terraform was asked */
  async function run(choice: Partial<Choice> = {}) {
    put('asked');
    const tools = { root, choice: { ...NO_CHOICE, ...choice }, find: () => join(root, 'terraform'), execute };
    const status = await bootstrap('dev', { stack: STACK, folder: join(root, 'stack') }, tools);
    return { status, asked: lines('asked') };
  }

  it('applies with the state in a file, and moves it into the bucket that was made', async () => {
    expect(await run()).to.deep.equal({ status: 0, asked: [...FIRST, MOVE] });
    expect(isMoved()).to.deep.equal(MOVED);
  });

  it('applies with the state in the bucket, when it is run again', async () => {
    await run();
    expect(await run()).to.deep.equal({ status: 0, asked: AGAIN });
    expect(isMoved()).to.deep.equal(MOVED);
  });

  for (const step of ['apply', 'migrate']) {
    it(`goes on with the state in the file after it was broken off in ${step}, and says where the state is`, async () => {
      put('broken', step);
      expect((await run()).status).to.equal(1);
      expect(isMoved()).to.deep.equal({ inBucket: false, files: [LOCAL], overrides: [] });
      if (step === 'migrate') expect(said.args.join('\n')).to.include(`still in ${join(root, LOCAL)}`);
      rmSync(join(root, 'broken'));
      const [init = '', list = ''] = AGAIN;
      expect(await run()).to.deep.equal({ status: 0, asked: [init, list, ...FIRST.slice(1), MOVE] });
      expect(isMoved()).to.deep.equal(MOVED);
    });
  }

  it('takes the state in the bucket for the true one where a file is left beside it', async () => {
    await run();
    put(LOCAL, 'older');
    expect(await run()).to.deep.equal({ status: 0, asked: AGAIN });
    expect(lines(LOCAL)).to.deep.equal(['older']);
  });

  it('makes nothing where the bucket cannot be looked at', async () => {
    put('denied');
    expect(await run()).to.deep.equal({ status: 1, asked: FIRST.slice(0, 1) });
    expect(isMoved()).to.deep.equal({ inBucket: false, files: [], overrides: [] });
  });

  it('does not ask with AUTO_APPROVE', async () => {
    const { asked } = await run({ autoApprove: true });
    expect(asked).to.include('apply -input=false -auto-approve').and.not.include('apply');
  });

  for (const choice of [{ tool: 'cdktf' }, { planFile: '/plan' }]) {
    it(`refuses ${JSON.stringify(choice)}, by which no state can be moved`, async () => {
      const error: unknown = await run(choice).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ToolError);
    });
  }
});
