import type { ExecutionState } from '@goal-activity/client/types.ts';
import type { run as en } from '../en/run.ts';
import { actions, number, tasks } from './count.ts';

export const run: typeof en = {
  runStatus: {
    RUNNING: '実行中',
    SUCCEEDED: '完了',
    PARTIALLY_SUCCEEDED: '一部完了',
    FAILED: '失敗',
    TIMED_OUT: '時間切れ',
    ABORTED: '停止',
  },
  retryDialog: {
    title: (count) => `${actions(count)}を再試行しますか?`,
    asks: (count) => `タスクのない${actions(count)}についてだけ、AI にもう一度たずねます。`,
    keeps: 'すでにあるタスクはそのまま残ります。',
    confirm: '再試行',
  },
  cancelDialog: {
    title: 'この実行をキャンセルしますか？',
    removes: (count) =>
      count === 0
        ? 'この実行のタスクはまだ保存されていません。この間に届いたものは削除されます。'
        : `この実行がこれまでに作った${tasks(count)}は削除されます。`,
    keeps: '目標と行動、以前の実行のタスク、変更済みのタスクは残ります。',
    cost: 'これまでにかかった AI の費用は戻りません。',
    confirm: '実行をキャンセル',
    goOn: '実行を続ける',
    cancelling: 'キャンセルしています…',
  },
  run: {
    title: '実行',
    progress: '進み具合',
    goToGoal: 'タスクを見る',
    backToGoal: '目標に戻る',
    processed: (processed, total) => `${actions(total)}のうち${number(processed)}個`,
    remaining: (duration) => `残り約${duration}`,
    elapsed: (duration) => `経過時間 ${duration}`,
    finishing: '仕上げています',
    held: (slow, attempt, retried) =>
      [
        ...(slow > 0
          ? [`${actions(slow)}に時間がかかっています${attempt > 1 ? `（4回のうち${attempt}回目）` : ''}。`]
          : []),
        ...(retried > 0 ? [`${actions(retried)}を再試行しています。`] : []),
      ].join(''),
    advice: {
      slower_than_usual: {
        running: 'いつもよりかなり時間がかかっています。このまま自動で続きます。',
        ended: 'いつもよりかなり時間がかかりました。タスクに影響はありません。',
      },
    },
    cancel: '実行をキャンセル',
    canLeave: 'このページを閉じても実行は続き、タスクはここに残ります。',
    chart: 'この目標の行動',
    chartHint: 'マスを選ぶと行動が見られます。矢印キーで移動できます。',
    legend: '凡例',
    nothingSelected: 'マスを選ぶと行動が見られます。',
    cost: 'AI の費用',
    calls: '呼び出し',
    tokensIn: '入力トークン',
    tokensOut: '出力トークン',
    money: '金額',
    moneyNote: '採用されなかったものも含む、AI のすべての回答のトークン数からの見積もりです。',
    took: '所要時間',
    started: '開始',
    failedTitle: (count) => `タスクのない行動: ${number(count)}個`,
    failedIntro: '再試行する前に、行動の文を直せます。ほかの行動はそのままです。',
    technical: '技術的な詳細',
    runs: 'この目標の実行',
    result(status, saved, total, taskCount) {
      const got = `${actions(total)}のうち${number(saved)}個が準備でき、${tasks(taskCount)}が加わりました。`;
      const results: Readonly<Record<ExecutionState, { what: string; next: string }>> = {
        SUCCEEDED: { what: 'すべて完了しました', next: `${actions(total)}に、${tasks(taskCount)}ができました。` },
        PARTIALLY_SUCCEEDED: { what: saved * 2 > total ? 'ほとんど完了しました' : '一部が完了しました', next: got },
        TIMED_OUT: { what: '時間がかかりすぎたため、停止しました', next: got },
        ABORTED: {
          what: '途中で停止しました',
          next:
            saved > 0
              ? `${got}そのまま残ります。残りは再試行できます。`
              : '保存されたタスクはまだありません。再試行できます。',
        },
        FAILED:
          saved > 0
            ? { what: '実行が途中で終わりました', next: `${got}そのまま残ります。残りは再試行できます。` }
            : { what: 'タスクを作れませんでした', next: '原因は下にあります。もう一度試せます。' },
        RUNNING: { what: 'タスクを作っています', next: '' },
      };
      return results[status];
    },
    cancelled: (taskCount) => ({
      what: 'キャンセルしました',
      next:
        taskCount === 0
          ? 'この実行で作成されたタスクは残っていません。もう一度開始できます。'
          : `変更済みの${tasks(taskCount)}は残り、ほかは削除されました。`,
    }),
    announce: (percentage, processed, total) =>
      `${percentage}%。${actions(total)}のうち${number(processed)}個を処理しました`,
    announceFailed: (count) => `これまでに${actions(count)}が失敗しました`,
  },
  phase: {
    waiting: '待機中',
    generating: '生成中',
    saved: '保存済み',
    failed: '失敗',
    cancelled: 'キャンセル',
    earlier: '以前の実行で準備済み',
    idle: 'タスクはまだありません',
  },
  history: {
    intro: '過去90日間の実行です。新しい順に並んでいます。',
    filters: '絞り込み',
    allGoals: 'すべての目標',
    status: '状態',
    allStatuses: 'すべての状態',
    from: '開始日',
    to: '終了日',
    reset: '絞り込みを解除',
    empty: 'まだ実行がありません。目標の活動を開始すると、ここに表示されます。',
    emptyFiltered: '条件に合う実行はありません。',
    table: '実行の一覧',
    goalGone: '目標',
    saved: (saved, total) => `${number(total)}個中 ${number(saved)}個を保存`,
    failed: (count) => `${number(count)}個が失敗`,
    running: '実行中',
    badRange: '開始日が終了日より後になっています。',
  },
  timeline: {
    title: 'タイムライン',
    intro: '行動ごとの経過と所要時間です。',
    start: '開始まで',
    times: '回数',
    count: (count) => `${number(count)}回`,
    summary: (steps, duration) => `${duration}の間の${number(steps)}個のステップ。同じ内容の表が下にあります。`,
    table: 'ステップの表',
    events: (count) => `イベント ${number(count)}件`,
    kind: { state: 'ステップ', attempt: '試行', failure: '失敗', end: '終了' },
    at: '時刻',
    what: '内容',
    attempt: (position) => `${position}回目`,
    unavailable: 'この実行のタイムラインはありません。',
    states: {
      ValidateInput: '目標を確認',
      GetActions: '行動を読み込み',
      CreateBatches: 'バッチに分割',
      ProcessBatches: 'バッチを処理',
      ProcessActions: '行動を処理',
      GenerateTasks: 'AI にたずねる',
      SaveTasks: 'タスクを保存',
      ActionFailed: '失敗を記録',
      ActionUnrecorded: '失敗は後で記録',
      UpdateProgress: '進み具合を更新',
      ProgressUnknown: '進み具合は未更新',
      AggregateResults: '結果を集計',
      UpdateGoalStatus: '目標を更新',
      ByOutcome: '結果で分岐',
      NotifyPartial: '通知: 一部完了',
      EscalatePartial: '通知: 多数が失敗',
      NotifyFailure: '通知: 失敗',
      HandleError: 'エラー処理',
      Succeeded: '完了',
      AlreadySettled: '確定済み',
      Failed: '失敗',
      Ended: '終了',
    },
  },
  failure: {
    accessDenied: {
      what: 'AI へのアクセスが拒否されました。',
      next: '権限の設定が必要です。管理者にお問い合わせください。',
    },
    quotaExhausted: { what: '今日の AI の利用枠を使い切りました。', next: '明日もう一度お試しください。' },
    throttled: { what: '何度か試しましたが、AI が混み合っていました。', next: '数分後にもう一度お試しください。' },
    timedOut: {
      what: 'AI の回答に時間がかかりすぎました。',
      next: '再試行してください。行動を短くはっきり書くと、うまくいくことがあります。',
    },
    batchTimeOver: {
      what: '制限時間内に、使える回答が得られませんでした。',
      next: '再試行してください。行動を短くはっきり書くと、うまくいくことがあります。',
    },
    invalidAnswer: {
      what: '何度か試しましたが、AI の回答が使えませんでした。',
      next: '何をするかがはっきり分かるように行動を書き直して、再試行してください。',
    },
    aiUnavailable: { what: 'AI に接続できませんでした。', next: '数分後にもう一度お試しください。' },
    notSaved: { what: 'タスクはできましたが、保存できませんでした。', next: '再試行してください。' },
    runEnded: { what: 'この行動が終わる前に、実行が終わりました。', next: '再試行してください。' },
    stopped: { what: 'この行動が終わる前に、実行が停止されました。', next: '再試行してください。' },
    cancelled: { what: 'この行動が終わる前に、実行がキャンセルされました。', next: 'いつでももう一度開始できます。' },
    timeLimit: { what: 'この行動が終わる前に、実行の制限時間に達しました。', next: '再試行してください。' },
    notStarted: {
      what: '実行を開始できませんでした。',
      next: '再試行してください。繰り返す場合は管理者にお問い合わせください。',
    },
    notPermitted: {
      what: 'サービスに必要な権限がありません。',
      next: '権限の設定が必要です。管理者にお問い合わせください。',
    },
    notSetUp: {
      what: 'AI モデルが設定されていません。',
      next: 'モデルの設定が必要です。管理者にお問い合わせください。',
    },
    stepTimedOut: { what: '何度か試しましたが、処理が時間内に終わりませんでした。', next: '再試行してください。' },
    stepFailed: { what: '処理の途中で問題が起きました。', next: '数分後に再試行してください。' },
    serviceBusy: { what: 'サービスが混み合い、この行動を処理できませんでした。', next: '数分後に再試行してください。' },
    passing: { what: '何度か試しましたが、応答がありませんでした。', next: '数分後に再試行してください。' },
    refused: { what: 'この行動は受け付けられませんでした。', next: '技術的な詳細を確認してください。' },
    unknown: { what: 'この行動で問題が起きました。', next: '再試行してください。技術的な詳細も見られます。' },
  },
};
