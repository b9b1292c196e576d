import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Details = Readonly<Record<string, unknown>>;

/** A place in a file; lines and columns count from 0, as in the protocol. */
interface Place {
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** A script as `Debugger.scriptParsed` tells of it. */
interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL: string;
}

interface Paused {
  readonly callFrames: readonly { readonly callFrameId: string; readonly location: Place & { scriptId: string } }[];
}

/** A debugger over the inspector protocol of V8 (chromedevtools.github.io/devtools-protocol/v8), as an editor speaks it. */
export class Debugger {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: { result?: Details; error?: Details }) => void>();
  readonly #events = new EventTarget();
  readonly #scripts: Script[] = [];
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, method, params, ...answer } = JSON.parse(String(data));
      this.#answers.get(id)?.(answer);
      if (method === 'Debugger.scriptParsed') this.#scripts.push(params);
      if (method !== undefined) this.#events.dispatchEvent(new CustomEvent(method, { detail: params }));
    });
  }

  /** @param url that the stack says, `ws://…` */
  static async attach(url: string): Promise<Debugger> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const attached = new Debugger(socket);
    await attached.call('Runtime.enable');
    await attached.call('Debugger.enable');
    return attached;
  }

  async call(method: string, params: Details = {}): Promise<Details> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<{ result?: Details; error?: Details }>();
    this.#answers.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result = {}, error } = await promise;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  /** The next stop at a breakpoint. To be asked for before what leads to it. */
  async stop(): Promise<Paused> {
    const [event] = await once(this.#events, 'Debugger.paused');
    return event.detail;
  }

  /** The bundle of a Lambda, with its map, found as an editor finds it: by the line that names it. */
  #bundle(lambda: string): { script: Script; code: readonly string[]; map: SourceMap; folder: string } {
    const script = this.#scripts.find(({ url }) => url.endsWith(`/dist/lambdas/${lambda}/index.js`));
    if (script === undefined) throw new Error(`the process has no bundle of ${lambda}`);
    const path = fileURLToPath(script.url);
    const map = new SourceMap(JSON.parse(readFileSync(join(dirname(path), script.sourceMapURL), 'utf8')));
    return { script, code: readFileSync(path, 'utf8').split('\n'), map, folder: dirname(path) };
  }

  /** Sets a breakpoint at a line of TypeScript, counted from 0. */
  async breakAt(lambda: string, source: string, line: number): Promise<void> {
    const { script, code, map, folder } = this.#bundle(lambda);
    for (const [lineNumber, text] of code.entries()) {
      for (let columnNumber = 0; columnNumber < text.length; columnNumber += 1) {
        const entry = map.findEntry(lineNumber, columnNumber);
        if (!('originalLine' in entry) || entry.originalLine !== line) continue;
        if (join(folder, entry.originalSource) !== source) continue;
        await this.call('Debugger.setBreakpoint', {
          location: { scriptId: script.scriptId, lineNumber: entry.generatedLine, columnNumber: entry.generatedColumn },
        });
        return;
      }
    }
    throw new Error(`nothing of the bundle is from line ${line + 1} of ${source}`);
  }

  /** Where a stop is, in TypeScript; the line counts from 0. */
  placeOf(lambda: string, { callFrames: [frame] }: Paused): { source: string; line: number } {
    const { map, folder } = this.#bundle(lambda);
    const { lineNumber = -1, columnNumber = -1 } = frame?.location ?? {};
    const entry = map.findEntry(lineNumber, columnNumber);
    if (!('originalLine' in entry)) throw new Error('the stop is in no source');
    return { source: join(folder, entry.originalSource), line: entry.originalLine };
  }

  close(): void {
    this.#socket.close();
  }
}
