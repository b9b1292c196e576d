import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { stripVTControlCharacters } from 'node:util';
import type { Command } from './commands.ts';

/** Characters of what a command wrote last that are looked through; an error and what it says are far shorter. */
const KEPT = 100_000;

/** How a command ended. */
export interface Ended {
  /** 0 when it succeeded; as a shell says it, when a signal ended it. */
  readonly status: number;
  /** What it wrote to stderr, as one line without colours and frames. */
  readonly said: string;
}

/**
 * Runs a command on this terminal, and keeps what it wrote to stderr, which goes on to ours.
 * @param folder where it runs
 */
export async function execute({ file, arguments: given, environment }: Command, folder: string): Promise<Ended> {
  console.error(`> ${file} ${given.join(' ')}`);
  const env = { ...process.env, ...environment };
  const start = () => spawn(file, given, { cwd: folder, stdio: ['inherit', 'inherit', 'pipe'], env });
  let started: ReturnType<typeof start> | undefined;
  // Ctrl-C reaches Terraform too, which then ends in order and gives back the lock of the state: wait for that. Who ends this
  // process alone, as a CI server does, means Terraform. Both from before it starts.
  const stay = () => {};
  const passOn = () => started?.kill('SIGTERM');
  process.on('SIGINT', stay).on('SIGTERM', passOn);
  const child = start();
  started = child;
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    said = (said + text).slice(-KEPT);
  });
  try {
    const status = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
    return { status, said: asOneLine(said) };
  } finally {
    process.off('SIGINT', stay).off('SIGTERM', passOn);
  }
}

/** Terraform frames its errors and breaks their lines to fit the terminal. */
function asOneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[│╷╵\s]+/g, ' ')
    .trim();
}

/** Whether there is no bucket for the state: by the S3 backend of Terraform ('S3 bucket "x" does not exist.') or of OpenTofu (without the name). */
export const isBucketMissing = (said: string) => /S3 bucket ("[^"]*" )?does not exist/.test(said);

/**
 * What somebody who deploys this project can do about an error of Terraform, OpenTofu or the AWS provider.
 * @returns undefined where the error says enough by itself
 */
export function advice(said: string, stage: string): string | undefined {
  if (isBucketMissing(said)) {
    return `The bucket for the state of ${stage} is not there yet. An administrator makes it, once: make bootstrap STAGE=${stage}`;
  }
  // The S3 backend of both, and the provider.
  if (/No valid credential sources found/.test(said)) {
    return `No AWS credentials were found. Sign in to the account of ${stage} first, for example with aws sso login and AWS_PROFILE.`;
  }
  // errors of `getproviders`, in both.
  if (/could not connect to \S+:|could not query provider registry for/.test(said)) {
    return (
      'The AWS provider could not be fetched: its registry cannot be reached from here. Run this where it can, or name a mirror ' +
      'of the registry in the CLI configuration (https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation).'
    );
  }
  return undefined;
}
