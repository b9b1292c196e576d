/**
 * `node scripts/api-types.ts`: from docs/openapi.yaml it writes, into src/api/,
 * - `types.generated.d.ts`: a type for each schema, and `Answers` and `Requests`, keyed by operation (`GET /api/goals`);
 * - `schemas.generated.js`: what src/api/check.ts needs to tell at run time whether an answer has that type.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from 'json-schema-to-typescript';
import { parse } from 'yaml';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectAt = (value: Json | undefined, key: string): JsonObject => {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
};

/** References of OpenAPI become references within one JSON schema. */
function localReferences(value: Json): Json {
  if (Array.isArray(value)) return value.map(localReferences);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/components/schemas/', '#/$defs/')
        : localReferences(inner),
    ]),
  );
}

const jsonSchemaOf = (message: Json | undefined): Json | undefined =>
  objectAt(objectAt(message, 'content'), 'application/json').schema;

/** The part of a schema that check.ts understands. Lengths and patterns are the server's business. */
function checkable(schema: Json): Json {
  if (!isObject(schema)) return schema;
  if (typeof schema.$ref === 'string') return { $ref: schema.$ref.replace('#/components/schemas/', '') };
  const { type, required, properties, items, oneOf } = schema;
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  return {
    ...(type === undefined ? {} : { type }),
    ...(values === undefined ? {} : { enum: values }),
    ...(required === undefined ? {} : { required }),
    ...(isObject(properties)
      ? { properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, checkable(inner)])) }
      : {}),
    ...(items === undefined ? {} : { items: checkable(items) }),
    ...(Array.isArray(oneOf) ? { oneOf: oneOf.map(checkable) } : {}),
  };
}

/** Schemas of the answers with 2xx and of the request body, by `METHOD /path`. */
function operationsOf(document: Json) {
  const answers: JsonObject = {};
  const requests: JsonObject = {};
  for (const [path, item] of Object.entries(objectAt(document, 'paths'))) {
    for (const method of ['get', 'post', 'patch', 'put', 'delete']) {
      const operation = isObject(item) ? item[method] : undefined;
      if (!isObject(operation)) continue;
      const key = `${method.toUpperCase()} ${path}`;
      const success = Object.entries(objectAt(operation, 'responses')).filter(([status]) => /^2/.test(status));
      const schemas = success.flatMap(([, answer]) => jsonSchemaOf(answer) ?? []);
      const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
      const [only] = distinct;
      if (only !== undefined) answers[key] = distinct.length === 1 ? only : { oneOf: distinct };
      const request = jsonSchemaOf(operation.requestBody);
      if (request !== undefined) requests[key] = request;
    }
  }
  return { answers, requests };
}

/** Names of all schemas that a schema refers to, directly or not. */
function reachable(start: Json, schemas: JsonObject): Set<string> {
  const found = new Set<string>();
  const visit = (value: Json): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(schemas[name] ?? {});
    }
  };
  visit(start);
  return found;
}

const objectOf = (properties: JsonObject): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

async function generate(): Promise<void> {
  const root = join(import.meta.dirname, '..');
  const document: Json = parse(readFileSync(join(root, '..', 'docs', 'openapi.yaml'), 'utf8'));
  const schemas = objectAt(objectAt(document, 'components'), 'schemas');
  const { answers, requests } = operationsOf(document);
  const names = [...reachable({ answers, requests }, schemas)].sort();
  const used = Object.fromEntries(names.map((name) => [name, schemas[name] ?? {}]));

  const all = objectOf({ answers: objectOf(answers), requests: objectOf(requests) });
  const schema = localReferences({ ...all, $defs: used });
  if (!isObject(schema)) throw new Error('the document has no schemas');
  const types = await compile(schema, 'Api', {
    bannerComment: '/* Written by scripts/api-types.ts from docs/openapi.yaml. */',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 120 },
  });
  const target = join(root, 'src', 'api');
  writeFileSync(join(target, 'types.generated.d.ts'), types);

  const inAnswers = [...reachable({ answers }, schemas)].sort();
  const checks = {
    answers: Object.fromEntries(Object.entries(answers).map(([key, answer]) => [key, checkable(answer)])),
    definitions: Object.fromEntries(inAnswers.map((name) => [name, checkable(schemas[name] ?? {})])),
  };
  writeFileSync(
    join(target, 'schemas.generated.js'),
    `/* Written by scripts/api-types.ts from docs/openapi.yaml. */\nexport const schemas = ${JSON.stringify(checks)};\n`,
  );
  writeFileSync(
    join(target, 'schemas.generated.d.ts'),
    "/* Written by scripts/api-types.ts. */\nimport type { Schemas } from './schema.ts';\nexport const schemas: Schemas;\n",
  );
}

await generate();
