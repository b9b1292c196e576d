/** A route as the Terraform JSON has it. */
export interface GatewayRoute {
  /** `GET /api/goals/{goalId}`, with `ANY` for every method, or `$default`. */
  routeKey: string;
  functionName: string;
  /** Does the JWT authorizer guard it? */
  authorizer: boolean;
}

export interface MatchedRoute {
  route: GatewayRoute;
  pathParameters: Record<string, string>;
}

/** A request's path in the two forms in which API Gateway uses it. */
export interface RequestPath {
  /** Decoded once: this is what routes are compared with. */
  routed: string;
  /** Decoded twice: this is `rawPath` of the event. */
  path: string;
}

/**
 * Decodes a path as HTTP APIs do, which is not what the name `rawPath` says: twice, and cut at a `?` that was encoded.
 * So `%2F` separates segments and `%252F` is a slash within one. Undefined for what API Gateway answers with 400, such as
 * `%25done`. Measured on AWS in 2026: github.com/hotsock/voker, vokerhttp/testdata/ingress-paths.json.
 */
export function decodePath(rawPath: string): RequestPath | undefined {
  if (!rawPath.startsWith('/')) return undefined;
  const routed = decode(rawPath)?.split('?', 1)[0];
  const path = routed === undefined ? undefined : decode(routed);
  return routed === undefined || path === undefined ? undefined : { routed, path };
}

interface CompiledRoute {
  route: GatewayRoute;
  method: string;
  segments: readonly Segment[];
}

interface Segment {
  /** The smaller, the more specific. */
  kind: 0 | 1 | 2;
  text: string;
}

const LITERAL = 0;
const PARAMETER = 1;
const GREEDY = 2;

/**
 * A function that finds the route of a request: the one whose path is the most specific (literals before parameters
 * before `{proxy+}`), a given method before ANY, `$default` last. Throws for a route key that is none.
 */
export function compileRoutes(
  routes: readonly GatewayRoute[],
): (method: string, routedPath: string) => MatchedRoute | undefined {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const compiled = routes.filter((route) => route !== fallback).map(compile);
  compiled.sort((left, right) => compareSegments(left.segments, right.segments) || compareMethods(left, right));
  return (method, routedPath) => {
    const values = routedPath.slice(1).split('/');
    for (const { route, method: routeMethod, segments } of compiled) {
      if (routeMethod !== method && routeMethod !== 'ANY') continue;
      const pathParameters = matchSegments(segments, values);
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return fallback === undefined ? undefined : { route: fallback, pathParameters: {} };
  };
}

function compile(route: GatewayRoute): CompiledRoute {
  const [, method, path] = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY) \/(\S*)$/.exec(route.routeKey) ?? [];
  if (method === undefined || path === undefined) throw new Error(`Not a route key: ${JSON.stringify(route.routeKey)}`);
  return { route, method, segments: path.split('/').map(compileSegment) };
}

function compileSegment(text: string): Segment {
  const [, name, plus] = /^\{(\w+)(\+?)\}$/.exec(text) ?? [];
  if (name === undefined) return { kind: LITERAL, text };
  return { kind: plus === '+' ? GREEDY : PARAMETER, text: name };
}

function compareSegments(left: readonly Segment[], right: readonly Segment[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index]?.kind ?? 0) - (right[index]?.kind ?? 0);
    if (difference !== 0) return difference;
  }
  return right.length - left.length;
}

function compareMethods(left: CompiledRoute, right: CompiledRoute): number {
  return Number(left.method === 'ANY') - Number(right.method === 'ANY');
}

/** Parameters by name, decoded a second time; undefined when the path is another. A parameter is never empty. */
function matchSegments(segments: readonly Segment[], values: readonly string[]): Record<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const [index, { kind, text }] of segments.entries()) {
    const value = kind === GREEDY ? values.slice(index).join('/') : values[index];
    if (value === undefined) return undefined;
    if (kind === LITERAL) {
      if (value !== text) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined || decoded === '') return undefined;
    parameters.set(text, decoded);
    if (kind === GREEDY) return Object.fromEntries(parameters);
  }
  return segments.length === values.length ? Object.fromEntries(parameters) : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
