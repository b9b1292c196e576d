import { readFileSync } from 'node:fs';
import { isRecord } from '../settings.ts';
import { COMPUTED } from './attributes.ts';

/** A Terraform JSON that the local stack cannot run; the message names the resource and what is wrong with it. */
export class TerraformError extends Error {
  readonly code = 'invalid_terraform';
}

type Fields = Readonly<Record<string, unknown>>;

/** A resource, or a block within one. Arguments are read by name, with every reference in them resolved. */
export class Block {
  /** Where it stands, for errors. */
  readonly at: string;
  readonly #fields: Fields;
  readonly #document: TerraformDocument;

  constructor(at: string, fields: Fields, document: TerraformDocument) {
    this.at = at;
    this.#fields = fields;
    this.#document = document;
  }

  has(argument: string): boolean {
    return Object.hasOwn(this.#fields, argument);
  }

  #value(argument: string): unknown {
    if (this.has(argument)) return this.#fields[argument];
    throw new TerraformError(`${this.at} lacks ${argument}`);
  }

  #refuse(argument: string, must: string): never {
    throw new TerraformError(`${this.at}: ${argument} must be ${must}`);
  }

  text(argument: string): string {
    const value = this.#value(argument);
    if (typeof value !== 'string') return this.#refuse(argument, 'text');
    return this.#document.resolve(value, `${this.at}: ${argument}`);
  }

  optionalText(argument: string): string | undefined {
    return this.has(argument) ? this.text(argument) : undefined;
  }

  /** An attribute of a resource: what the resource says, or what AWS would make of it. */
  attribute(name: string): string {
    return this.#document.resolve(`\${${this.at}.${name}}`, this.at);
  }

  /** A text that is one of these words. */
  word<Word extends string>(argument: string, words: readonly Word[]): Word {
    const text = this.text(argument);
    return words.find((word) => word === text) ?? this.#refuse(argument, words.join(' or '));
  }

  number(argument: string, otherwise?: number): number {
    const value = this.has(argument) ? this.#fields[argument] : (otherwise ?? this.#value(argument));
    return typeof value === 'number' ? value : this.#refuse(argument, 'a number');
  }

  /** A flag; false where it is left out. */
  flag(argument: string): boolean {
    return this.#fields[argument] === true;
  }

  /** A list of texts; none is an empty one. */
  texts(argument: string): string[] {
    const values = [this.#fields[argument] ?? []].flat();
    return values.map((text) => this.#document.resolve(String(text), `${this.at}: ${argument}`));
  }

  /** Texts by name; none is an empty map. */
  map(argument: string): Record<string, string> {
    const entries = Object.entries(Object(this.#fields[argument] ?? {}));
    const at = `${this.at}: ${argument}`;
    return Object.fromEntries(entries.map(([name, text]) => [name, this.#document.resolve(String(text), at)]));
  }

  /** Blocks of a kind; one alone may stand without a list. */
  blocks(kind: string): Block[] {
    const values = [this.#fields[kind] ?? []].flat();
    return values.map((fields) => new Block(`${this.at}: ${kind}`, Object(fields), this.#document));
  }

  block(kind: string): Block {
    const [first] = this.blocks(kind);
    if (first === undefined) throw new TerraformError(`${this.at} lacks ${kind}`);
    return first;
  }

  json(argument: string): unknown {
    return parseJson(this.text(argument), `${this.at}: ${argument}`);
  }
}

/** `$${` is Terraform's way to write `${`; everything else in `${…}` is an expression. */
const EXPRESSION = /\$\$\{|\$\{(?<type>\w+)\.(?<name>[\w-]+)\.(?<attribute>\w+)\}|\$\{[^}]*/g;

/** A stage's Terraform JSON. */
export class TerraformDocument {
  readonly stage: string;
  /** Starts the name of everything: `goal-activity-<stage>`. */
  readonly prefix: string;
  readonly region: string;
  readonly account: string;
  readonly #resources: Fields;

  /** @throws TerraformError naming the part that is missing */
  constructor(content: unknown) {
    const fields = isRecord(content) ? content : {};
    const root = new Block('the document', fields, this);
    const provider = root.block('provider').block('aws');
    this.region = provider.text('region');
    this.account = provider.texts('allowed_account_ids')[0] ?? '';
    this.stage = provider.block('default_tags').map('tags').Stage ?? '';
    this.prefix = root.block('//').block('metadata').text('stackName');
    this.#resources = isRecord(fields.resource) ? fields.resource : {};
  }

  /** All resources of a type. */
  all(type: string): Block[] {
    const named = this.#resources[type] ?? {};
    return Object.entries(named).map(([name, fields]) => new Block(`${type}.${name}`, Object(fields), this));
  }

  /** The resource of a type that there is one of. */
  one(type: string): Block {
    const found = this.all(type);
    if (found[0] !== undefined && found.length === 1) return found[0];
    throw new TerraformError(`the local stack needs one ${type}, but there are ${found.length}`);
  }

  /**
   * A text with its references replaced by the values that they would have once applied.
   * @param at where the text stands, for the error
   */
  resolve(text: string, at: string): string {
    return text.replace(EXPRESSION, (found, type?: string, name?: string, attribute?: string) => {
      if (found === '$${') return '${';
      const fail = (why: string) => new TerraformError(`${at}: ${found} cannot be resolved: ${why}`);
      if (type === undefined || attribute === undefined)
        throw fail('only references of the form ${type.name.attribute} are known locally');
      const resource = this.all(type).find((each) => each.at === `${type}.${name}`);
      if (resource === undefined) throw fail(`there is no ${type}.${name}`);
      if (resource.has(attribute)) return resource.text(attribute);
      const compute = COMPUTED[`${type}.${attribute}`];
      if (compute === undefined) throw fail(`the local stack does not know ${attribute} of ${type}`);
      const { region, account } = this;
      return compute({ resource, id: String(name), region, place: `${region}:${account}` });
    });
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
  return new TerraformDocument(parseJson(text, path));
}

function parseJson(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TerraformError(`${at} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
