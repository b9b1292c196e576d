import { globSync } from 'node:fs';
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
import { ROOT, read } from './documents.ts';

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
  it('has no reference that leads nowhere, and uses every component that it defines', () => {
    const references = [...nodes(document)].filter(({ at }) => at.at(-1) === '$ref');
    for (const { at } of references) locate(document, at.slice(0, -1));
    const components = namesAt(document, ['components'])
      .filter((kind) => kind !== 'securitySchemes')
      .flatMap((kind) => namesAt(document, ['components', kind]).map((name) => `#/components/${kind}/${name}`));
    expect(new Set(references.map(({ value }) => value))).to.deep.equal(new Set(components));
  });

  it('describes exactly the calls that are deployed', () => {
    const calls = operations.map(({ method, template }) => `${method} ${template}`);
    expect(calls).to.have.members(ROUTES.map(({ method, path }) => `${method} ${path}`));
  });

  it('has exactly the problem codes of the Lambdas, each with its status', () => {
    const sources = globSync('lambdas/*/src/**/*.ts', { cwd: ROOT }).map(read);
    const thrown = sources.flatMap((source) => [...source.matchAll(/new Problem\(\s*(\d{3}),\s*'(\w+)'/g)]);
    const documented = namesAt(document, ['components', 'schemas'])
      .filter((name) => name.endsWith('Problem'))
      .map((name) => ['components', 'schemas', name, 'properties'])
      .map((at) => `${valueAt(document, [...at, 'status', 'const'])} ${valueAt(document, [...at, 'code', 'const'])}`);
    const used = new Set(thrown.map(([, status, code]) => `${status} ${code}`));
    expect(documented).to.have.members([...used]);
  });

  it('shows problems with the titles, and the details, that the Lambdas give them', () => {
    const sources = globSync('lambdas/*/src/**/*.ts', { cwd: ROOT }).map(read);
    const given = sources.flatMap((source) => [
      ...source.matchAll(/new Problem\(\s*\d{3},\s*'(\w+)',\s*'([^']+)'(?:,\s*'([^']+)')?/g),
    ]);
    const objects = [...nodes(document)].flatMap(({ value }) => (isObject(value) ? [value] : []));
    const examples = objects.filter(({ code, detail }) => typeof code === 'string' && typeof detail === 'string');
    expect(new Set(examples.map(({ code }) => code))).to.have.all.keys(given.map(([, code]) => code));
    for (const { code, title, detail } of examples) {
      const [, , realTitle, realDetail = detail] = given.find(([, name]) => name === code) ?? [];
      expect([title, detail], String(code)).to.deep.equal([realTitle, realDetail]);
    }
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

  it('has schemas that compile in strict mode, and an example for every body, each of them valid', () => {
    const contract = createContract(PATH);
    for (const name of namesAt(document, ['components', 'schemas'])) {
      expect(() => contract.schemaErrors(['components', 'schemas', name], null), name).not.to.throw();
    }
    for (const { name, schemaAt, value } of allExamples()) {
      expect(contract.schemaErrors(schemaAt, value), name).to.deep.equal([]);
    }
    const bodies = [...nodes(document)].filter(({ at, value }) => at.at(-2) === 'content' && isObject(value));
    const without = bodies.filter(({ at }) => namesAt(document, [...at, 'examples']).length === 0);
    expect(without.map(({ at }) => toReference(at))).to.deep.equal([]);
  });

  it('answers every call without a token with 401', () => {
    for (const { operationId, statuses } of operations) expect(statuses, operationId).to.include(401);
    expect(valueAt(document, ['security'])).to.deep.equal([{ bearerJwt: [] }]);
  });
});
