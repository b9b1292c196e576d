import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Says which version of the provider every stack takes, and what its packages must be. */
export const LOCK_FILE = join(import.meta.dirname, '..', '.terraform.lock.hcl');

/** The text and the version of a provider's entry in a lock file, by its address, such as `registry.terraform.io/hashicorp/aws`. */
export type Entries = ReadonlyMap<string, { readonly text: string; readonly version: string }>;

/** As Terraform and OpenTofu write it: the brace that ends an entry is the only one at the start of a line. */
const ENTRY = /^provider "(?<address>[^"]+)" \{\n\s*version\s*=\s*"(?<version>[^"]+)"\n[^}]*^\}\n/gm;

export function entriesOf(lockFile: string): Entries {
  return new Map(
    [...lockFile.matchAll(ENTRY)].map(({ 0: text, groups: { address = '', version = '' } = {} }) => [
      address,
      { text, version },
    ]),
  );
}

/**
 * A lock file with the entries that a tool has written. Those of another registry stay, since `init` leaves out of its own file what it
 * does not use; so does what stands before the first entry.
 * @throws Error when the tool's file has no entry
 */
export function renew(lockFile: string, written: string): string {
  const [before = ''] = lockFile.split(/^provider /m);
  const own = entriesOf(written);
  if (own.size === 0) throw new Error('no provider is locked');
  const all = [...new Map([...entriesOf(lockFile), ...own])].sort(([one], [other]) => (one < other ? -1 : 1));
  return [before.trimEnd(), ...all.map(([, { text }]) => `\n${text.trimEnd()}`)].join('\n').concat('\n');
}

/**
 * Puts the lock file into a stack's folder. What `init` has made of it there stays, which is the same less the other registry's entry:
 * with that back, Terraform would do nothing before the next `init`, not even show outputs.
 */
export function placeLockFile(folder: string): void {
  const path = join(folder, basename(LOCK_FILE));
  const ours = entriesOf(readFileSync(LOCK_FILE, 'utf8'));
  const there = existsSync(path) ? [...entriesOf(readFileSync(path, 'utf8'))] : [];
  const isOurs = there.length > 0 && there.every(([address, { version }]) => ours.get(address)?.version === version);
  if (!isOurs) copyFileSync(LOCK_FILE, path);
}
