/** Checks real HTTP answers against `docs/openapi.yaml`. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formatsModule from 'ajv-formats';
import { locate, namesAt, type Operation, operationsOf, readDocument, toReference } from './contract-document.ts';

/** Name under which a path or method that is no operation is recorded. */
const UNKNOWN_ROUTE = 'unknownRoute';

/** An answer that breaks the contract; the message lists how. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

/**
 * Reads the contract. Schemas are compiled on first use, in Ajv's strict mode, as JSON Schema 2020-12.
 * @throws Error when the file cannot be read
 */
export function createContract(pathToYaml: string) {
  const document = readDocument(pathToYaml);
  const operations = operationsOf(document);
  const ajv = new Ajv2020({ strict: true, allErrors: true, verbose: true });
  formatsModule.default(ajv);
  // Ajv compiles the root of a document that it looks something up in; strict mode knows its keywords no other way.
  ajv.addVocabulary(Object.keys(document));
  ajv.addSchema({ ...document }, 'openapi', false, false);
  const seen = new Map<string, { readonly operationId: string; readonly status: number }>();

  /**
   * What is wrong with a value according to the schema at a pointer of the document, a line each; empty when it is right.
   * @param schemaAt tokens, such as `['components', 'schemas', 'Goal']`
   */
  function schemaErrors(schemaAt: readonly string[], value: unknown): string[] {
    const validate = ajv.getSchema(`openapi${encodeReference(toReference(schemaAt))}`);
    if (!validate) throw new Error(`${toReference(schemaAt)} does not exist`);
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params, data }) =>
        `${instancePath || '(whole)'} ${message} ${JSON.stringify(params)} but is ${shorten(data)}`,
    );
  }

  /** Parameters in the path of an answer that is no error must be of the documented form. */
  function pathErrors(operation: Operation, path: string): string[] {
    const parameters = [operation.at.slice(0, -1), operation.at].flatMap((at) =>
      namesAt(document, [...at, 'parameters']).map((index) => locate(document, [...at, 'parameters', index])),
    );
    return parameters.flatMap(({ at, value }) => {
      const given =
        typeof value.name === 'string' ? matchTemplate(operation.template, path)?.groups?.[value.name] : undefined;
      if (value.in !== 'path' || given === undefined) return [];
      return schemaErrors([...at, 'schema'], decodeURIComponent(given)).map((line) => `path {${value.name}}: ${line}`);
    });
  }

  function headerErrors(responseAt: readonly string[], headers: Headers): string[] {
    return namesAt(document, [...responseAt, 'headers']).flatMap((name) => {
      const described = locate(document, [...responseAt, 'headers', name]);
      const given = headers.get(name);
      if (given === null) return described.value.required === true ? [`header ${name} is missing`] : [];
      return schemaErrors([...described.at, 'schema'], given).map((line) => `header ${name}: ${line}`);
    });
  }

  function bodyErrors(contentAt: readonly string[], contentType: string | null, body: unknown): string[] {
    const documented = namesAt(document, contentAt);
    const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (documented.length === 0) return body === undefined ? [] : ['a body, where none is documented'];
    if (!documented.includes(mediaType)) {
      return [`content type ${contentType ?? '(none)'}, documented: ${documented.join(', ')}; body ${shorten(body)}`];
    }
    if (body === undefined) return ['no body'];
    return schemaErrors([...contentAt, mediaType, 'schema'], body).map((line) => `body ${line}`);
  }

  /**
   * Checks one answer: its status is documented for the operation, and its required headers, content type and body
   * are as described. For a 404 to a path or method that is no operation, that it is the gateway's answer.
   * @param method HTTP method, in capitals
   * @param path as requested: percent-encoded, with or without a query
   * @param body parsed JSON; undefined for an empty body
   * @throws ContractError that lists everything that is wrong
   */
  function checkResponse(
    method: string,
    path: string,
    status: number,
    headers: Headers | Record<string, string>,
    body: unknown,
  ): void {
    const operation = operations.find((one) => one.method === method && matchTemplate(one.template, path));
    const operationId = operation?.operationId ?? UNKNOWN_ROUTE;
    const title = `${method} ${path} -> ${status} (${operationId})`;
    const statuses = operation?.statuses ?? [404];
    if (!statuses.includes(status)) {
      fail(title, [`this status is not documented, only ${statuses.join(', ')}; body ${shorten(body)}`]);
    }
    const at = operation ? [...operation.at, 'responses', String(status)] : ['x-unknown-route'];
    const response = locate(document, at);
    const given = new Headers(headers);
    fail(title, [
      ...(operation && status < 400 ? pathErrors(operation, path) : []),
      ...headerErrors(response.at, given),
      ...bodyErrors([...response.at, 'content'], given.get('content-type'), body),
    ]);
    seen.set(`${operationId} ${status}`, { operationId, status });
  }

  return {
    checkResponse,
    /** What `checkResponse` has seen and found right, each once. */
    exercised: () => [...seen.values()],
    schemaErrors,
  };
}

function fail(title: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new ContractError([title, ...problems.map((line) => `  ${line}`)].join('\n'));
}

/** A path as one of a template; the groups are its values, still encoded, by parameter name. */
const matchTemplate = (template: string, path: string) =>
  new RegExp(`^${template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/?#]+)')}(?:[?#]|$)`).exec(path);

/** Ajv takes the part after `#` as a URI fragment, in which a template's braces must be encoded. */
function encodeReference(reference: string): string {
  return `#${reference.slice(1).split('/').map(encodeURIComponent).join('/')}`;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
