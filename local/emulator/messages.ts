/** Every text that `make emulator` shows to a person, in English and in Japanese. */
const en = {
  usage: `Usage: make emulator [NAME=value ...]      or: node local/emulator/emulator.ts [--help]

Runs an AWS emulator (MiniStack) and the mock AI on this machine until Ctrl-C, without Docker and without an AWS account.
It needs Python 3.11 or later, and fetches MiniStack from PyPI the first time. Both answer on 127.0.0.1 alone.

Settings (environment variables, or after make emulator):
  PORT=4566        port of the emulator
  AI_PORT=4700     port of the mock AI
  AI_LATENCY_MS    how long the mock AI takes for an answer: 1000, or a range such as 500-1500
  AI_FAULTS        rates of faults as JSON: {"throttle":0.1,"error":0.05,"malformed":0.05,"hang":0.01,"denied":0.05}
  AI_SEED          another seed, other answers and faults`,
  installing: 'Installing MiniStack into .venv ...',
  starting: 'Starting the emulator ...',
  running: (emulator: string, ai: string) => `The emulator runs at ${emulator}, the mock AI at ${ai}`,
  logFile: (path: string) => `Log: ${path}`,
  hosts: (host: string) =>
    `Terraform asks for ${host}, which this machine does not know. Add this line to /etc/hosts:\n  127.0.0.1 ${host}`,
  next: 'Paste these lines here, in another terminal:',
  lives: 'What is deployed is gone when the emulator stops; deploy it again then.',
  stop: 'Ctrl-C stops both.',
  stopping: 'Stopping ...',
  taken: (name: string, port: string) =>
    `Port ${port} is already in use. Choose another one, for example: make emulator ${name}=${Number(port) + 1}`,
  noStage: 'modules/settings.json has no stage with "emulator": true.',
  failed: (why: string) => `The emulator could not start: ${why}`,
  ended: (why: string) => `The emulator cannot go on: ${why}`,
};

const ja: typeof en = {
  usage: `使い方: make emulator [名前=値 ...]      または: node local/emulator/emulator.ts [--help]

AWS エミュレーター(MiniStack)と模擬 AI をこのマシンで動かします。Ctrl-C で止まります。Docker も AWS アカウントも不要です。
Python 3.11 以降が必要です。初回は MiniStack を PyPI から取得します。どちらも 127.0.0.1 だけで応答します。

設定(環境変数、または make emulator の後ろに書きます):
  PORT=4566        エミュレーターのポート
  AI_PORT=4700     模擬 AI のポート
  AI_LATENCY_MS    模擬 AI が答えるまでの時間(ミリ秒)。1000 や 500-1500 のように書きます
  AI_FAULTS        障害の割合(JSON): {"throttle":0.1,"error":0.05,"malformed":0.05,"hang":0.01,"denied":0.05}
  AI_SEED          変えると、別の答えと障害になります`,
  installing: 'MiniStack を .venv にインストールしています…',
  starting: 'エミュレーターを起動しています…',
  running: (emulator, ai) => `エミュレーター: ${emulator}  模擬 AI: ${ai}`,
  logFile: (path) => `ログ: ${path}`,
  hosts: (host) =>
    `Terraform は ${host} に接続しますが、このマシンはその名前を解決できません。/etc/hosts に次の行を加えてください:\n  127.0.0.1 ${host}`,
  next: '別の端末のこのフォルダーで次の行を貼り付けてください:',
  lives: 'エミュレーターを止めると、デプロイしたものは消えます。次に起動したら、もう一度デプロイしてください。',
  stop: '両方を止めるには Ctrl-C を押してください。',
  stopping: '停止しています…',
  taken: (name, port) =>
    `ポート ${port} は使用中です。別のポートを選んでください。例: make emulator ${name}=${Number(port) + 1}`,
  noStage: 'modules/settings.json に "emulator": true のステージがありません。',
  failed: (why) => `エミュレーターを起動できませんでした: ${why}`,
  ended: (why) => `エミュレーターを続けられません: ${why}`,
};

export const TEXTS = { en, ja };
