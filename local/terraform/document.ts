import { readFileSync } from 'node:fs';
import { References, type Resources, TerraformError } from './references.ts';
import { describeErrors, isDocument, type Kind } from './schemas.ts';

/** A stage's Terraform JSON, whose resources are read by type with every reference resolved. */
export class TerraformDocument {
  readonly prefix: string;
  readonly stage: string;
  readonly region: string;
  readonly account: string;
  readonly #references: References;
  readonly #resources: Resources;

  /** @throws TerraformError naming the part that is missing */
  constructor(content: unknown) {
    if (!isDocument(content)) throw new TerraformError(describeErrors('the document', isDocument.errors));
    const [provider] = content.provider.aws;
    const [account] = provider?.allowed_account_ids ?? [];
    const [defaultTags] = provider?.default_tags ?? [];
    if (provider === undefined || account === undefined || defaultTags === undefined) {
      throw new TerraformError('the document lacks provider.aws with an account and tags');
    }
    this.prefix = content['//'].metadata.stackName;
    this.stage = defaultTags.tags.Stage;
    this.region = provider.region;
    this.account = account;
    this.#resources = content.resource;
    this.#references = new References(content.resource, { region: provider.region, account });
  }

  /**
   * All resources of a type, by their names in the document.
   * @throws TerraformError naming the resource, and what it lacks or the reference that cannot be resolved
   */
  all<T>({ type, arguments: read, isValid }: Kind<T>): readonly (readonly [name: string, resource: T])[] {
    return Object.entries(this.#resources[type] ?? {}).map(([name, resource]) => {
      const at = `${type}.${name}`;
      const known = Object.entries(resource).filter(([argument]) => read.includes(argument));
      const resolved = this.#references.resolve(Object.fromEntries(known), at);
      if (!isValid(resolved)) throw new TerraformError(describeErrors(at, isValid.errors));
      return [name, resolved] as const;
    });
  }

  /**
   * The resource of a type that there is one of.
   * @throws TerraformError saying how many there are, and as {@link all} does
   */
  one<T>(kind: Kind<T>): readonly [name: string, resource: T] {
    const found = this.all(kind);
    const [first] = found;
    if (first !== undefined && found.length === 1) return first;
    throw new TerraformError(`the local stack needs one ${kind.type}, but there are ${found.length}`);
  }

  /** An attribute of a resource, as text. */
  attribute({ type }: Kind<unknown>, name: string, attribute: string): string {
    return String(this.#references.resolve(`\${${type}.${name}.${attribute}}`, `${type}.${name}`));
  }
}

/** @throws TerraformError naming the file when it is not there or holds no such document */
export function readTerraformDocument(path: string): TerraformDocument {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TerraformError(`${path} cannot be read: run make synth`, { cause });
  }
  try {
    return new TerraformDocument(parseJson(text, 'the document'));
  } catch (error) {
    if (error instanceof TerraformError) throw new TerraformError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** @throws TerraformError saying which text is no JSON */
export function parseJson(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TerraformError(`${at} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
