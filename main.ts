/**
 * `STAGE=<stage> node main.ts`: writes the Terraform JSON of the stage, and of the stack that holds its state, to
 * `cdktf.out` (or CDKTF_OUTDIR, which cdktf-cli sets). For an emulator's stage, AWS_ENDPOINT_URL says where that is.
 */
import { join } from 'node:path';
import { loadConfig } from './modules/config.ts';
import { refuseEmulator } from './modules/emulator.ts';
import { synthesize } from './modules/stack.ts';
import { SynthError } from './modules/synth-error.ts';

try {
  const config = loadConfig(process.env.STAGE ?? 'dev');
  // cdktf-cli, which sets the variable, runs Terraform in this environment. scripts/terraform refuses for itself; the local stack need not.
  const runsTerraform = process.env.CDKTF_OUTDIR !== undefined;
  if (runsTerraform && config.emulator === undefined) refuseEmulator(config.stage, process.env);
  const path = synthesize({
    config,
    zipFolder: join(import.meta.dirname, 'dist', 'lambdas'),
    outputFolder: process.env.CDKTF_OUTDIR ?? join(import.meta.dirname, 'cdktf.out'),
  });
  console.log(`wrote ${path}`);
} catch (error) {
  if (!(error instanceof SynthError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
