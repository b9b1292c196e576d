import { type Handler, startServer } from '../../../local/http/server.ts';

/** What Bedrock answers when the model calls the tool with this input. */
export const answerOf = (input: unknown) =>
  JSON.stringify({
    output: { message: { role: 'assistant', content: [{ toolUse: { toolUseId: 't', name: 'save_tasks', input } }] } },
    stopReason: 'tool_use',
    usage: { inputTokens: 10, outputTokens: 20, totalTokens: 30 },
    metrics: { latencyMs: 1 },
  });

/** Answers every call with this input of the tool. */
export const answering =
  (input: unknown): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answerOf(input));
  };

/** A Bedrock for the tests of one describe block: `serve` is what it does with a call, in each test anew. */
export function useModel(): { url: string; serve: Handler } {
  const model = { url: '', serve: answering({ tasks: [] }) };
  let close: () => Promise<void>;
  before(async () => {
    ({ url: model.url, close } = await startServer((request, response) => model.serve(request, response)));
  });
  afterEach(() => {
    model.serve = answering({ tasks: [] });
  });
  after(() => close());
  return model;
}
