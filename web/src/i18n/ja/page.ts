import type { page as en } from '../en/page.ts';
import { actions, tasks } from './count.ts';

export const page: typeof en = {
  appName: 'Goal Activity',
  tagline: 'ひとつの目標を64の行動に、行動を今日できるタスクに。',
  skipToContent: '本文へ移動',
  language: '言語',
  nav: {
    label: 'メイン',
    goals: '目標',
    today: '今日',
    history: '履歴',
    newGoal: '目標を作成',
    signedInAs: (user) => `${user} さん`,
    signOut: 'ログアウト',
  },
  common: {
    loading: '読み込み中…',
    retry: '再試行',
    cancel: 'キャンセル',
    save: '保存',
    saving: '保存中…',
    more: 'もっと見る',
    optional: '（任意）',
    actions,
    tasks,
    untitledSubGoal: (position) => `サブ目標${position}`,
  },
  signIn: {
    title: 'ログイン',
    intro: '目標を最大64の行動に分けると、AIがそれぞれを今週できるタスクにします。',
    expired: 'ログアウトしました。もう一度ログインすると、続きから始められます。',
    pick: 'ユーザーを選択',
    name: '別の名前を入力',
    nameHint: 'ローカル版です。パスワードなしで、好きな名前を使えます。',
    submit: '続ける',
    hosted: 'ログインへ進む',
    hostedHint: '別のページでログインした後、ここに戻ります。',
    failed: 'ログインできませんでした。もう一度お試しください。',
    working: 'ログイン中…',
  },
  notFound: { title: 'ページが見つかりません', body: 'リンクが正しくない可能性があります。' },
  connection: {
    title: '接続が切れました',
    lost: (seconds) => `${seconds}秒後に再接続します。その間も実行は続きます。`,
    trying: '再接続しています。その間も実行は続きます。',
    offline: 'オフラインです。実行は続いており、接続が戻ると自動で更新されます。',
    again: '接続が戻りました。',
    now: '今すぐ再接続',
  },
  problems: {
    goal_not_found: {
      what: '目標が見つかりません。',
      next: '削除されたか、リンクが正しくない可能性があります。',
    },
    execution_not_found: {
      what: '実行が見つかりません。',
      next: '記録の保存期間は90日です。リンクが正しくない可能性もあります。',
    },
    action_not_found: { what: 'この行動はすでにありません。', next: 'ページを再読み込みしてください。' },
    goal_already_active: { what: 'この目標にはすでにタスクがあります。', next: '目標のページで確認できます。' },
    goal_without_actions: { what: 'この目標には行動がありません。', next: '行動を1つ以上追加してください。' },
    goal_processing: { what: 'この目標は実行中です。', next: '完了を待つか、キャンセルしてください。' },
    action_has_tasks: {
      what: 'この行動にはすでにタスクがあります。',
      next: 'ページを再読み込みして確認してください。',
    },
    execution_cancelling: {
      what: '実行をキャンセルしています。',
      next: 'しばらくしてから、もう一度お試しください。',
    },
    execution_ended: { what: '実行はすでに終了しています。', next: 'キャンセルするものはありません。' },
    nothing_to_retry: { what: 'すべての行動にタスクがあります。', next: '再試行するものはありません。' },
    too_many_actions: { what: '行動は64個までです。', next: '数を減らしてください。' },
    too_many_executions: {
      what: 'すでに5件の実行が進行中です。',
      next: '完了を待つか、いずれかをキャンセルしてください。',
    },
    invalid_request: { what: '入力内容に誤りがあります。', next: '印の付いた項目を確認してください。' },
    invalid_token: { what: 'ユーザーを確認できませんでした。', next: 'もう一度ログインしてください。' },
    invalid_json: { what: '送信内容を読み取れませんでした。', next: 'ページを再読み込みしてください。' },
    idempotency_key_reused: {
      what: '最初に送信した内容はすでに保存されています。',
      next: 'この内容も保存する場合だけ、もう一度押してください。',
    },
    goal_changed: {
      what: 'この目標は別の画面で変更されました。',
      next: '入力内容は残っています。確認してから、もう一度押してください。',
    },
    goal_deleted: { what: 'この目標は作成後に削除されました。', next: '内容を変更すると、もう一度作成できます。' },
    task_changed: {
      what: 'このタスクは別の画面で変更されました。',
      next: '最新の内容を表示しています。入力内容を保存するには、もう一度押してください。',
    },
    task_not_found: {
      what: 'このタスクは別の画面で削除されました。',
      next: '入力内容は残っています。新しいタスクとして追加できます。',
    },
    too_many_tasks: { what: '1つの行動のタスクは32個までです。', next: '先にいずれかを削除してください。' },
    too_busy: {
      what: 'ただいま混み合っています。',
      next: '変更はありません。しばらくしてから、もう一度お試しください。',
    },
    start_delayed: {
      what: '開始に時間がかかっています。',
      next: '内容は失われていません。もう一度開始してください。',
    },
    temporarily_unavailable: {
      what: 'サービスが混み合っています。',
      next: '内容は失われていません。しばらくしてから、もう一度お試しください。',
    },
    http_404: { what: 'この機能はまだ利用できません。', next: '数分後にページを再読み込みしてください。' },
    http_413: { what: '文字数が多すぎます。', next: '短くしてください。' },
    http_429: { what: 'リクエストが多すぎます。', next: '数秒後にもう一度お試しください。' },
    http_503: {
      what: 'サービスが混み合っています。',
      next: '内容は失われていません。しばらくしてから、もう一度お試しください。',
    },
  },
  problem: {
    offline: { what: 'オフラインです。', next: '接続を確認して、もう一度お試しください。' },
    slow: { what: 'サービスから応答がありません。', next: '接続を確認して、もう一度お試しください。' },
    unexpected: {
      what: '応答を読み取れませんでした。',
      next: 'ページを再読み込みしてください。新しいバージョンがある可能性があります。',
    },
    server: {
      what: 'サービスで問題が発生しました。',
      next: 'もう一度お試しください。二重に処理されることはありません。',
    },
    unknown: { what: '問題が発生しました。', next: 'もう一度試すか、ページを再読み込みしてください。' },
  },
};
