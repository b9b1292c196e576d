/** Every text that the demo shows to a person, in English and in Japanese. */

export type Language = 'en' | 'ja';

const seconds = (ms: number) => (ms / 1000).toFixed(1);
const count = (value: number) => value.toLocaleString('en-US');
const dollars = (usd: number) => usd.toFixed(usd < 1 ? 4 : 2);

const en = {
  usage: `Usage: make demo [NAME=value ...]      or: node local/demo/demo.ts [--help]

Starts the whole local stack on a free port, creates a sample goal with 64 actions, runs the workflow over HTTP,
shows its progress and what came of it, and cleans up. Ends with 0 when the run succeeded at least in part, else 1.

Settings (environment variables, or after make demo):
  JSON=1           one line of JSON last on the standard output; everything else goes to the standard error
  DEMO_LANG=ja     language of the texts and of the sample: ja or en (default: that of LANG)
  AI_LATENCY_MS    how long the mock AI takes for an answer: 1000, or a range such as 500-1500
  AI_FAULTS        rates of faults as JSON: {"throttle":0.1,"error":0.05,"malformed":0.05,"hang":0.01,"denied":0.05}
  AI_SEED          another seed, other answers and faults
  TIME_SCALE       0.1 makes every wait and timeout ten times shorter (not the time that the AI takes)

Example: make demo AI_LATENCY_MS=500-1500 AI_FAULTS='{"throttle":0.1}'`,
  unknownOption: (option: string) =>
    `There is no option ${option}. The settings are environment variables; see --help.`,

  starting: 'Starting the local stack ...',
  ready: (url: string, ms: number) => `Ready after ${seconds(ms)} s at ${url}`,
  goalCreated: (title: string, actions: number, subGoals: number) =>
    `Goal: ${title}\n      ${actions} actions in ${subGoals} sub-goals`,
  started: (executionArn: string) => `Workflow started: ${executionArn}`,

  actions: (processed: number, total: number) => `${processed}/${total} actions`,
  remaining: (left: number) => (left < 100 ? `about ${left} s left` : `about ${Math.ceil(left / 60)} min left`),

  result: (status: string) => `Result: ${status}`,
  saved: (saved: number, total: number, tasks: number) =>
    `  saved    ${saved} of ${total} actions, ${count(tasks)} tasks`,
  failed: (failed: number) => `  failed   ${failed} ${failed === 1 ? 'action' : 'actions'}`,
  failure: (title: string, reason: string, error: string) =>
    `           - ${title}: ${reason || 'no reason given'} (${error})`,
  took: (elapsedMs: number, idealMs: number, actions: number) =>
    `  time     ${seconds(elapsedMs)} s; ${actions} actions, 24 at a time, cannot take less than ${seconds(idealMs)} s`,
  stateEntries: (entries: number) => `  states   ${entries} state entries (what AWS bills for)`,
  cost: (aiCalls: number, tokens: number, usd: number) =>
    `  AI       ${aiCalls} calls, ${count(tokens)} tokens, about US$ ${dollars(usd)} if they were real`,
  someTasks: (actions: number) => `Tasks of ${actions} of the actions:`,
  action: (subGoal: string, title: string) => (subGoal ? `  ${subGoal} > ${title}` : `  ${title}`),
  task: (title: string, minutes: number) => `    - ${title} (${minutes} min)`,
  next: 'The demo cleans up after itself. `make start` keeps a stack running for you to try.',

  stopping: 'Stopping ... (Ctrl-C again to end at once)',
  stopped: 'Stopped.',
  demoFailed: (why: string) => `The demo failed: ${why}`,
  answered: (call: string, status: number, why: string) => `${call} answered ${status}: ${why}`,
  unreachable: (call: string, why: string) => `${call} could not be sent: ${why}`,
  unexpectedAnswer: (call: string) => `${call} gave an answer that the demo does not understand`,
};

export type Messages = typeof en;

const ja: Messages = {
  usage: `使い方: make demo [名前=値 ...]      または: node local/demo/demo.ts [--help]

ローカル環境一式を空いているポートで起動し、64個の行動を持つサンプルの目標を作成して、HTTP経由でワークフローを
実行します。進み具合と結果を表示し、終わったら後片付けをします。一部でも成功すれば終了コード0、それ以外は1です。

設定（環境変数、または make demo の後に指定）:
  JSON=1           標準出力の最後に結果をJSON一行で出す。ほかの表示は標準エラー出力に回す
  DEMO_LANG=ja     表示とサンプルの言語。ja または en（省略時は LANG に従う）
  AI_LATENCY_MS    模擬AIが答えるまでの時間。1000、または 500-1500 のような範囲
  AI_FAULTS        障害の割合（JSON）: {"throttle":0.1,"error":0.05,"malformed":0.05,"hang":0.01,"denied":0.05}
  AI_SEED          乱数の種。変えると答えと障害の出方が変わる
  TIME_SCALE       0.1 にすると、待ち時間とタイムアウトが10分の1になる（AIの応答時間は変わらない）

例: make demo AI_LATENCY_MS=500-1500 AI_FAULTS='{"throttle":0.1}'`,
  unknownOption: (option) =>
    `${option} というオプションはありません。設定は環境変数で行います。--help をご覧ください。`,

  starting: 'ローカル環境を起動しています...',
  ready: (url, ms) => `${seconds(ms)}秒で起動しました: ${url}`,
  goalCreated: (title, actions, subGoals) => `目標: ${title}\n      ${subGoals}個のサブ目標、${actions}個の行動`,
  started: (executionArn) => `ワークフローを開始しました: ${executionArn}`,

  actions: (processed, total) => `行動 ${processed}/${total}`,
  remaining: (left) => (left < 100 ? `残り約${left}秒` : `残り約${Math.ceil(left / 60)}分`),

  result: (status) => `結果: ${RESULT_JA[status] ?? status}（${status}）`,
  saved: (saved, total, tasks) => `  保存      行動 ${saved}/${total}件、タスク ${count(tasks)}件`,
  failed: (failed) => `  失敗      行動 ${failed}件`,
  failure: (title, reason, error) => `            - ${title}: ${reason || '理由は不明です'}（${error}）`,
  took: (elapsedMs, idealMs, actions) =>
    `  時間      ${seconds(elapsedMs)}秒（${actions}件を24件ずつ並行して処理した場合の理論上の最短は${seconds(idealMs)}秒）`,
  stateEntries: (entries) => `  状態遷移  ${entries}回（AWSの課金対象）`,
  cost: (aiCalls, tokens, usd) =>
    `  AI        呼び出し ${aiCalls}回、${count(tokens)}トークン、実際のAIなら約${dollars(usd)}米ドル`,
  someTasks: (actions) => `作成されたタスクの例（行動${actions}件分）:`,
  action: (subGoal, title) => (subGoal ? `  ${subGoal} > ${title}` : `  ${title}`),
  task: (title, minutes) => `    ・${title}（${minutes}分）`,
  next: 'デモのデータは削除されます。`make start` を使うと、起動したままの環境で試せます。',

  stopping: '終了しています...（もう一度 Ctrl-C を押すとすぐに終了します）',
  stopped: '終了しました。',
  demoFailed: (why) => `デモは失敗しました: ${why}`,
  answered: (call, status, why) => `${call} の応答は ${status} でした: ${why}`,
  unreachable: (call, why) => `${call} を送れませんでした: ${why}`,
  unexpectedAnswer: (call) => `${call} の応答を解釈できません`,
};

const RESULT_JA: Readonly<Record<string, string>> = {
  SUCCEEDED: '成功',
  PARTIALLY_SUCCEEDED: '一部成功',
  FAILED: '失敗',
  TIMED_OUT: '時間切れ',
  ABORTED: '中止',
};

const MESSAGES = { en, ja };

export function messagesIn(language: Language): Messages {
  return MESSAGES[language];
}

/**
 * The language that a person wants: DEMO_LANG, else the locale, in the order of POSIX. Japanese when it starts with
 * `ja`, English otherwise. Empty variables count as unset.
 */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const { DEMO_LANG, LC_ALL, LC_MESSAGES, LANG } = environment;
  const wanted = DEMO_LANG || LC_ALL || LC_MESSAGES || LANG || 'en';
  return wanted.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}
