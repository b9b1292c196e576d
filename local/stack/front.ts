import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createPageHandler } from '../../web/scripts/page.ts';
import { serveReference } from '../api-reference/page.ts';
import type { Expiry } from '../aws/dynamodb/expiry.ts';
import { gatewayMetrics } from '../aws/service-metrics.ts';
import { createControl } from '../control/control.ts';
import { createLocalIssuer } from '../control/issuer.ts';
import { startGateway } from '../http/gateway.ts';
import type { StackContext } from './context.ts';
import type { Services } from './services.ts';
import type { Workflow } from './workflow.ts';

/** The built page. */
const PAGE = join(import.meta.dirname, '..', '..', 'web', 'dist');

/**
 * Starts the HTTP API, the control calls, and the page if it has been built. Functions have no process before they are
 * needed: who calls will start a run, so its steps are made ready; who opens the page will call the whole API as well.
 */
export async function startFront(
  context: StackContext,
  services: Services,
  { invoke, stepFunctions, lambda, steps, awsUrl }: Workflow,
  expiry: Expiry,
) {
  const { description, settings, options, log, closer } = context;
  const { database, cloudWatch } = services;
  const { apiId, account, stage, authorizer, routes } = description;
  const { verify, issueToken } = await createLocalIssuer({ ...authorizer, dataDir: settings.dataDir });
  const behindApi = [...new Set(routes.map(({ functionName }) => functionName))];
  const servePage = existsSync(join(PAGE, 'index.html')) ? createPageHandler(PAGE) : undefined;
  const control = createControl({
    ...services,
    async issueToken(userId, expiresInSeconds) {
      await options.onSignIn?.(userId, await issueToken(userId), gateway.url);
      return issueToken(userId, expiresInSeconds);
    },
    expiry,
    health: async () => ({
      down: (await database.isUp()) ? [] : ['dynamodb'],
      stage,
      /** Of CloudWatch and SNS among others, for those who set an alarm by hand. */
      awsUrl,
      running: stepFunctions.executions.running(),
    }),
  });
  const gateway = await startGateway({
    port: options.port ?? settings.port,
    routes,
    verify,
    api: { accountId: account, apiId },
    invoke,
    async control(request, response, path) {
      // Of health, programs ask that look after the stack.
      if (path !== '/local/health') lambda.prepare(steps);
      return control(request, response, path);
    },
    extra(request, response) {
      lambda.prepare(behindApi);
      return serveReference(request, response) || (servePage?.(request, response) ?? false);
    },
    onAnswer: (answered) => cloudWatch.put(gatewayMetrics(apiId, answered, Date.now())),
    onError: (error, { routeKey, requestId }) => log.write('http', `${requestId} ${routeKey}: ${String(error)}`),
  });
  closer.defer(() => gateway.close());
  return { url: gateway.url, issueToken };
}
