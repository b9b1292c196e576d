/** A route as the Terraform JSON has it. */
export interface GatewayRoute {
  /** Such as `GET /api/goals/{goalId}`. */
  readonly routeKey: string;
  readonly functionName: string;
  /** Does the JWT authorizer guard it? */
  readonly authorizer: boolean;
}

export interface MatchedRoute {
  readonly route: GatewayRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** A request's path in the two forms in which API Gateway uses it. */
export interface RequestPath {
  /** Decoded once: this is what routes are compared with. */
  readonly routed: string;
  /** Decoded twice: this is `rawPath` of the event. */
  readonly path: string;
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

/**
 * A function that finds the route of a request: the one whose path has the fewest parameters, since a literal is more
 * specific. A parameter is one segment, never empty, decoded a second time.
 * @throws Error for a route key with anything else of HTTP APIs: ANY, `{proxy+}`, `$default`
 */
export function compileRoutes(
  routes: readonly GatewayRoute[],
): (method: string, routedPath: string) => MatchedRoute | undefined {
  const compiled = routes.map(compile).sort((one, other) => one.names.length - other.names.length);
  return (method, routedPath) => {
    for (const { route, pattern, names } of compiled) {
      const found = pattern.exec(`${method} ${routedPath}`);
      if (found === null) continue;
      const values = found.slice(1).map(decode);
      if (values.every(Boolean)) {
        const pathParameters = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
        return { route, pathParameters };
      }
    }
    return undefined;
  };
}

function compile(route: GatewayRoute) {
  if (!/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\/([\w-]+|\{\w+\})?)+$/.test(route.routeKey))
    throw new Error(`The local gateway does not know the route key ${JSON.stringify(route.routeKey)}`);
  const names = [...route.routeKey.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return { route, names, pattern: new RegExp(`^${route.routeKey.replace(/\{\w+\}/g, '([^/]+)')}$`, 's') };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
