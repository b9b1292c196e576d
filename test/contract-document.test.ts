import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROUTES } from '../modules/api/routes.ts';
import { createContract } from './contract.ts';
import {
  isObject,
  locate,
  namesAt,
  nodes,
  operationsOf,
  readDocument,
  toReference,
  valueAt,
} from './contract-document.ts';

const ROOT = join(import.meta.dirname, '..');
const PATH = join(ROOT, 'docs', 'openapi.yaml');
const document = readDocument(PATH);
const operations = operationsOf(document);

interface Example {
  readonly name: string;
  readonly schemaAt: readonly string[];
  readonly value: unknown;
}

/** All examples of the document, wherever OpenAPI allows them, each with the schema that it is an example of. */
function allExamples(): Example[] {
  return [...nodes(document)].flatMap(({ at, value }) => {
    if (!isObject(value) || !('schema' in value)) return [];
    const schemaAt = [...at, 'schema'];
    const named = namesAt(document, [...at, 'examples']).map((name) => [...at, 'examples', name]);
    return [
      ...('example' in value ? [{ name: toReference(at), schemaAt, value: value.example }] : []),
      ...named.map((one) => ({ name: toReference(one), schemaAt, value: locate(document, one).value.value })),
    ];
  });
}

describe('docs/openapi.yaml', () => {
  it('has no reference that leads nowhere', () => {
    const references = [...nodes(document)].filter(
      ({ at, value }) => at.at(-1) === '$ref' && typeof value === 'string',
    );
    expect(references).not.to.be.empty;
    for (const { at } of references) locate(document, at.slice(0, -1));
  });

  it('uses every component that it defines', () => {
    const used = new Set([...nodes(document)].filter(({ at }) => at.at(-1) === '$ref').map(({ value }) => value));
    const components = namesAt(document, ['components'])
      .filter((kind) => kind !== 'securitySchemes')
      .flatMap((kind) => namesAt(document, ['components', kind]).map((name) => `#/components/${kind}/${name}`));
    expect(components.filter((reference) => !used.has(reference))).to.deep.equal([]);
  });

  it('describes exactly the calls that are deployed', () => {
    const calls = operations.map(({ method, template }) => `${method} ${template}`);
    expect(calls).to.have.members(ROUTES.map(({ method, path }) => `${method} ${path}`));
  });

  it('has exactly the problem codes of the Lambdas, each with its status', () => {
    const sources = globSync('lambdas/*/src/**/*.ts', { cwd: ROOT }).map((path) =>
      readFileSync(join(ROOT, path), 'utf8'),
    );
    const thrown = sources.flatMap((source) => [...source.matchAll(/new Problem\(\s*(\d{3}),\s*'(\w+)'/g)]);
    const documented = namesAt(document, ['components', 'schemas'])
      .filter((name) => name.endsWith('Problem'))
      .map((name) => ['components', 'schemas', name, 'properties'])
      .map((at) => `${valueAt(document, [...at, 'status', 'const'])} ${valueAt(document, [...at, 'code', 'const'])}`);
    const used = new Set(thrown.map(([, status, code]) => `${status} ${code}`));
    expect(documented).to.have.members([...used]);
  });

  it('closes every object schema, and requires only properties that it has', () => {
    const objects = [...nodes(document)].filter(({ value }) => isObject(value) && value.type === 'object');
    for (const { at, value } of objects) {
      const schema = isObject(value) ? value : {};
      expect(schema.additionalProperties, toReference(at)).to.equal(false);
      const required = Array.isArray(schema.required) ? schema.required : [];
      expect(namesAt(document, [...at, 'properties']), toReference(at)).to.include.members(required);
    }
  });

  it('has an example for every body, and every example is valid against its schema', () => {
    const contract = createContract(PATH);
    const examples = allExamples();
    for (const { name, schemaAt, value } of examples) {
      expect(contract.schemaErrors(schemaAt, value), name).to.deep.equal([]);
    }
    const bodies = [...nodes(document)].filter(({ at, value }) => at.at(-2) === 'content' && isObject(value));
    const without = bodies.filter(({ at }) => namesAt(document, [...at, 'examples']).length === 0);
    expect(without.map(({ at }) => toReference(at))).to.deep.equal([]);
  });

  it('compiles in strict mode as a whole', () => {
    const contract = createContract(PATH);
    for (const name of namesAt(document, ['components', 'schemas'])) {
      expect(() => contract.schemaErrors(['components', 'schemas', name], null), name).not.to.throw();
    }
  });

  it('answers every call without a token with 401', () => {
    for (const { operationId, statuses } of operations) expect(statuses, operationId).to.include(401);
    expect(valueAt(document, ['security'])).to.deep.equal([{ bearerJwt: [] }]);
  });
});

describe('contract: documents', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'contract-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(text: string): string {
    const path = join(folder, 'openapi.yaml');
    writeFileSync(path, text);
    return path;
  }

  it('rejects an operation without an id, and an id used twice', () => {
    expect(() => createContract(write('paths: { /a: { get: {} } }'))).to.throw('#/paths/~1a/get has no operationId');
    const twice = 'paths: { /a: { get: { operationId: x }, put: { operationId: x } } }';
    expect(() => createContract(write(twice))).to.throw('operationId x is used twice');
  });

  it('rejects a text that is no document', () => {
    expect(() => createContract(write('- 1'))).to.throw('not an OpenAPI document');
  });

  it('rejects a reference that leads nowhere or goes in a circle', () => {
    const nowhere = { components: { schemas: { a: { $ref: '#/components/schemas/b' } } } };
    expect(() => locate(nowhere, ['components', 'schemas', 'a'])).to.throw('#/components/schemas/b does not exist');
    const circle = { a: { $ref: '#/b' }, b: { $ref: '#/a' } };
    expect(() => locate(circle, ['a'])).to.throw('circle');
    expect(() => locate({ a: { $ref: 'other.yaml#/b' } }, ['a'])).to.throw('other.yaml');
  });
});
