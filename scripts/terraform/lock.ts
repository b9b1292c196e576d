/** See HELP. */

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { entriesOf, LOCK_FILE, renew } from '../../modules/lock-file.ts';
import { terraformCommand } from './commands.ts';
import { advice, execute } from './execute.ts';
import { findProgram, findStack, findTerraform, ToolError } from './tool.ts';

const HELP = `usage: node scripts/terraform/lock.ts [file]

make lock runs this. It takes the newest version of the provider that modules/provider.ts allows, and writes it with the checksums for
Linux and macOS, x86 and ARM, into .terraform.lock.hcl (or the file). Terraform and OpenTofu have registries of their own, so run it
with both: TOOL=terraform and TOOL=tofu. Then run make synth and make plan, and commit the file.
`;

/** Where people and CI run Terraform. */
const PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'];

const root = join(import.meta.dirname, '..', '..');
const { STAGE: stage = 'dev', PATH: path = '', TOOL: tool = '', TERRAFORM_BINARY_NAME: binary = '' } = process.env;
const outputFolder = process.env.CDKTF_OUTDIR ?? join(root, 'cdktf.out');

async function lock(file: string): Promise<void> {
  const terraform = findTerraform({ tool, binary }, (program) => findProgram(program, path));
  const { folder } = findStack(outputFolder, stage, false);
  const data = { TF_DATA_DIR: join(outputFolder, '.terraform') };
  for (const given of [
    ['init', '-upgrade', '-backend=false', '-input=false'],
    ['providers', 'lock', ...PLATFORMS.map((platform) => `-platform=${platform}`)],
  ]) {
    const { status, said } = await execute(terraformCommand(terraform, folder, given, data), root);
    if (status !== 0) throw new ToolError(advice(said, stage) ?? `${basename(terraform)} ended with ${status}`);
  }
  const before = readFileSync(file, 'utf8');
  const after = renew(before, readFileSync(join(folder, basename(LOCK_FILE)), 'utf8'));
  writeFileSync(file, after);
  const old = entriesOf(before);
  const entries = entriesOf(after);
  for (const [address, { version }] of entries) console.log(`${address}: ${old.get(address)?.version} -> ${version}`);
  if (new Set([...entries.values()].map(({ version }) => version)).size > 1) {
    console.log('The registries differ: run this with the other tool, too.');
  }
}

try {
  const [file = LOCK_FILE] = process.argv.slice(2);
  if (file === '--help') console.log(HELP);
  else await lock(file);
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
