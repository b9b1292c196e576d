/** `make start`: the local stack, until Ctrl-C. */
import { type Language, languageOf } from './demo/messages.ts';
import { createSampleSeed } from './demo/seed.ts';
import { type LocalStack, startStack } from './stack.ts';

const en = {
  usage: `Usage: make start [NAME=value ...]      or: node local/main.ts [--help]

Runs the whole system on this machine until Ctrl-C. What it stored is there again at the next start.

Settings (environment variables, or after make start):
  PORT=3000        port of the HTTP API; 0 takes any free one
  DATA_DIR=.local  folder of the database, the executions and the inbox
  TIME_SCALE=1     0.1 makes every wait and timeout ten times shorter
  EVENT_DELIVERIES how often a status event is delivered: 1, or 0 to lose events, or 3 to deliver each three times
  AWS_FAULTS       what AWS does now and then, such as throttling: on, or as JSON: {"databaseThrottle":0.01}
  AI_LATENCY_MS    how long the mock AI takes for an answer: 1000, or a range such as 500-1500
  AI_FAULTS        rates of faults as JSON: {"throttle":0.1,"error":0.05,"malformed":0.05,"hang":0.01,"denied":0.05}
  AI_SEED          another seed, other answers and faults
  INSPECT          a Lambda for a debugger, such as generate-tasks, without time limits; INSPECT_PORT=9229 is its port`,
  starting: 'Starting the local stack ...',
  running: (url: string) => `goal-activity runs at ${url}`,
  reference: (url: string) => `Every call of the HTTP API: ${url}`,
  inbox: (url: string) => `E-mails that on-call would get: ${url}`,
  logFile: (path: string) => `Logs: ${path}`,
  inspected: (lambda: string, url: string) => `A debugger may enter ${lambda} at ${url} (docs/debugging.md)`,
  recovered: (count: number) => `Executions that the last stop had cut off, now ended as ABORTED: ${count}`,
  paste: 'Paste these lines here, in another terminal, to turn a goal of 64 actions into tasks:',
  stop: 'Ctrl-C stops it.',
  stopping: 'Stopping ...',
  noSample: (why: string) => `The sample goal could not be made: ${why}`,
  failed: (why: string) => `The local stack could not start: ${why}`,
  ended: (why: string) => `The local stack cannot go on: ${why}`,
};

const ja: typeof en = {
  usage: `使い方: make start [名前=値 ...]      または: node local/main.ts [--help]

システム全体をこのマシンで動かします。Ctrl-C で止まります。保存した内容は次に起動したときも残っています。

設定(環境変数、または make start の後ろに書きます):
  PORT=3000        HTTP API のポート。0 なら空いているポートを使います
  DATA_DIR=.local  データベース、実行、受信箱を置くフォルダー
  TIME_SCALE=1     0.1 にすると、待ち時間とタイムアウトがすべて10分の1になります
  EVENT_DELIVERIES 状態イベントを届ける回数。普段は1回、0 なら届かず、3 なら3回ずつ届きます
  AWS_FAULTS       AWS で時々起きること(スロットリングなど)。on、または JSON: {"databaseThrottle":0.01}
  AI_LATENCY_MS    模擬 AI が答えるまでの時間(ミリ秒)。1000 や 500-1500 のように書きます
  AI_FAULTS        障害の割合(JSON): {"throttle":0.1,"error":0.05,"malformed":0.05,"hang":0.01,"denied":0.05}
  AI_SEED          変えると、別の答えと障害になります
  INSPECT          デバッガーで調べる Lambda(例: generate-tasks)。時間制限は外れます。ポートは INSPECT_PORT=9229`,
  starting: 'ローカル環境を起動しています…',
  running: (url) => `goal-activity が動いています: ${url}`,
  reference: (url) => `HTTP API のすべての呼び出し: ${url}`,
  inbox: (url) => `当番に届くはずのメール: ${url}`,
  logFile: (path) => `ログ: ${path}`,
  inspected: (lambda, url) => `${lambda} にデバッガーで接続できます: ${url}(docs/debugging.md)`,
  recovered: (count) => `前回の停止で途切れ、中断(ABORTED)として終了した実行: ${count} 件`,
  paste: '64個の行動からタスクを作るには、別の端末のこのフォルダーで次の3行を貼り付けてください:',
  stop: '止めるには Ctrl-C を押してください。',
  stopping: '停止しています…',
  noSample: (why) => `見本の目標を作れませんでした: ${why}`,
  failed: (why) => `ローカル環境を起動できませんでした: ${why}`,
  ended: (why) => `ローカル環境を続けられません: ${why}`,
};

const TEXTS = { en, ja };

/** Three lines for a shell in the root of the repository: a token, a goal, its start. */
export function curlLines(url: string, language: Language): string[] {
  const json = `-H 'content-type: application/json'`;
  const authorization = '-H "authorization: Bearer $TOKEN"';
  return [
    `TOKEN=$(curl -s ${url}/local/token -d '{"userId":"me"}' | sed -E 's/.*"token":"([^"]*)".*/\\1/')`,
    `GOAL=$(curl -s ${url}/api/goals ${authorization} ${json} -d @local/demo/sample/goal.${language}.json | sed -E 's/.*"goalId":"([^"]*)".*/\\1/')`,
    `curl -s -X POST ${url}/api/goals/$GOAL/start-activity ${authorization}; sleep 5; curl -s ${url}/api/goals/$GOAL/tasks ${authorization}`,
  ];
}

function greet(stack: LocalStack, texts: typeof en, language: Language): void {
  const lines = [
    texts.running(stack.url),
    texts.reference(`${stack.url}/docs`),
    texts.inbox(`${stack.url}/inbox`),
    texts.logFile(stack.logFile),
    ...(stack.inspected ? [texts.inspected(stack.inspected.lambda, stack.inspected.url)] : []),
    ...(stack.recovered.length > 0 ? [texts.recovered(stack.recovered.length)] : []),
    '',
    texts.paste,
    ...curlLines(stack.url, language).map((line) => `  ${line}`),
    '',
    texts.stop,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** @returns the exit code: 0 after a stop, 1 when it could not start or go on, 2 for an option that does not exist */
async function main(): Promise<number> {
  const language = languageOf(process.env);
  const texts = TEXTS[language];
  const [option] = process.argv.slice(2);
  if (option !== undefined) {
    const isHelp = option === '--help' || option === '-h';
    (isHelp ? process.stdout : process.stderr).write(`${texts.usage}\n`);
    return isHelp ? 0 : 2;
  }
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      let asked = false;
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
    }
  });
  process.stdout.write(`${texts.starting}\n`);
  try {
    const onSignIn = createSampleSeed(language, (error) => process.stderr.write(`${texts.noSample(String(error))}\n`));
    const stack = await startStack({ environment: process.env, onSignIn });
    greet(stack, texts, language);
    const lost = await Promise.race([stop, stack.lost]);
    if (lost instanceof Error) process.stderr.write(`${texts.ended(lost.message)}\n`);
    process.stdout.write(`\n${texts.stopping}\n`);
    await stack.close();
    return lost instanceof Error ? 1 : 0;
  } catch (thrown) {
    process.stderr.write(`${texts.failed(thrown instanceof Error ? thrown.message : String(thrown))}\n`);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main();
