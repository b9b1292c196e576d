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
    title: (count) => `${actions(count)}を再試行しますか？`,
    asks: (count) => `タスクのない${actions(count)}について、AIがもう一度作成します。`,
    keeps: 'すでにあるタスクはそのまま残ります。',
    confirm: '再試行',
  },
  cancelDialog: {
    title: '実行をキャンセルしますか？',
    removes: (count) =>
      count === 0
        ? 'この実行のタスクはまだ保存されていません。これから届くタスクも削除されます。'
        : `この実行で作成した${tasks(count)}は削除されます。`,
    keeps: '目標と行動、以前の実行のタスク、自分で変更したタスクは残ります。',
    cost: 'これまでのAIの費用は戻りません。',
    confirm: '実行をキャンセル',
    goOn: '実行を続ける',
    cancelling: 'キャンセル中…',
  },
  run: {
    title: '実行',
    progress: '進捗',
    goToGoal: 'タスクを見る',
    backToGoal: '目標に戻る',
    processed: (processed, total) => `行動 ${number(processed)}/${number(total)}`,
    remaining: (duration) => `残り約${duration}`,
    elapsed: (duration) => `経過時間：${duration}`,
    finishing: 'まもなく完了します',
    held: (slow, attempt, retried) =>
      [
        ...(slow > 0
          ? [`${actions(slow)}に時間がかかっています${attempt > 1 ? `（4回のうち${attempt}回目）` : ''}。`]
          : []),
        ...(retried > 0 ? [`${actions(retried)}を再試行しています。`] : []),
      ].join(''),
    advice: {
      slower_than_usual: {
        running: 'いつもより時間がかかっています。操作は必要ありません。',
        ended: 'いつもより時間がかかりました。タスクに影響はありません。',
      },
    },
    cancel: '実行をキャンセル',
    canLeave: 'このページを閉じても実行は続きます。完了したタスクはここで確認できます。',
    chart: 'この目標の行動',
    chartHint: 'マスを選ぶと行動を確認できます。矢印キーで移動できます。',
    legend: '凡例',
    nothingSelected: 'マスを選ぶと行動を確認できます。',
    cost: 'AIの利用状況',
    calls: 'AIの呼び出し',
    tokensIn: '入力トークン',
    tokensOut: '出力トークン',
    money: '費用',
    moneyNote: '使われなかった回答も含め、AIのすべての回答のトークン数から見積もっています。',
    took: '所要時間',
    started: '開始',
    failedTitle: (count) => `タスクのない行動：${number(count)}個`,
    failedIntro: '再試行する前に行動を編集できます。ほかの行動は変わりません。',
    technical: '技術的な詳細',
    runs: 'この目標の実行',
    result(status, saved, total, taskCount) {
      const got = `${actions(total)}のうち${number(saved)}個が準備でき、${tasks(taskCount)}を追加しました。`;
      const results: Readonly<Record<ExecutionState, { what: string; next: string }>> = {
        SUCCEEDED: { what: 'すべて完了しました', next: `${actions(total)}に${tasks(taskCount)}を作成しました。` },
        PARTIALLY_SUCCEEDED: { what: saved * 2 > total ? 'ほとんど完了しました' : '一部が完了しました', next: got },
        TIMED_OUT: { what: '時間がかかりすぎたため停止しました', next: got },
        ABORTED: {
          what: '途中で停止しました',
          next:
            saved > 0
              ? `${got}作成済みのタスクは残り、残りの行動は再試行できます。`
              : '保存されたタスクはありません。再試行できます。',
        },
        FAILED:
          saved > 0
            ? { what: '実行が途中で終了しました', next: `${got}作成済みのタスクは残り、残りの行動は再試行できます。` }
            : { what: 'タスクを作成できませんでした', next: '原因は下に表示されています。' },
        RUNNING: { what: 'タスクを作成しています', next: '' },
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
      `${percentage}%。${actions(total)}のうち${number(processed)}個が完了しました`,
    announceFailed: (count) => `これまでに${actions(count)}が失敗しました`,
  },
  phase: {
    waiting: '待機中',
    generating: '作成中',
    saved: '準備完了',
    failed: '失敗',
    cancelled: 'キャンセル済み',
    earlier: '以前の実行で準備済み',
    idle: 'タスクなし',
  },
  history: {
    intro: '過去90日間の実行を新しい順に表示しています。',
    filters: '絞り込み',
    allGoals: 'すべての目標',
    status: '状態',
    allStatuses: 'すべての状態',
    from: '開始日',
    to: '終了日',
    reset: '絞り込みを解除',
    empty: 'まだ実行がありません。目標のタスクを作成すると、ここに表示されます。',
    emptyFiltered: '条件に合う実行はありません。',
    table: '実行の一覧',
    goalGone: '以前の目標、または削除された目標',
    saved: (saved, total) => `${number(saved)}/${number(total)}個が準備完了`,
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
    summary: (steps, duration) => `${duration}間の${number(steps)}個のステップです。下の表で同じ内容を確認できます。`,
    table: 'ステップの表',
    events: (count) => `イベント${number(count)}件`,
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
      GenerateTasks: 'AIがタスクを作成',
      SaveTasks: 'タスクを保存',
      ActionFailed: '失敗を記録',
      ActionUnrecorded: '失敗を後で記録',
      UpdateProgress: '進捗を更新',
      ProgressUnknown: '進捗は未更新',
      AggregateResults: '結果を集計',
      UpdateGoalStatus: '目標を更新',
      ByOutcome: '結果を判定',
      NotifyPartial: '通知：一部完了',
      EscalatePartial: '通知：多数の失敗',
      NotifyFailure: '通知：失敗',
      HandleError: 'エラー処理',
      Succeeded: '完了',
      AlreadySettled: '確定済み',
      Failed: '失敗',
      Ended: '終了',
    },
  },
  failure: {
    accessDenied: { what: 'AIの利用権限がありません。', next: '権限の設定が必要です。管理者にお問い合わせください。' },
    quotaExhausted: { what: '本日のAIの利用枠を使い切りました。', next: '明日、もう一度お試しください。' },
    throttled: { what: '何度か試しましたが、AIが混み合っていました。', next: '数分後にもう一度お試しください。' },
    timedOut: {
      what: 'AIの回答に時間がかかりすぎました。',
      next: 'もう一度お試しください。行動を短く具体的に書くと、うまくいくことがあります。',
    },
    batchTimeOver: {
      what: '制限時間内に、AIから使える回答を得られませんでした。',
      next: 'もう一度お試しください。行動を短く具体的に書くと、うまくいくことがあります。',
    },
    invalidAnswer: {
      what: '何度か試しましたが、AIから使える回答を得られませんでした。',
      next: '何をするかをより具体的に書いてから、もう一度お試しください。',
    },
    aiUnavailable: { what: 'AIに接続できませんでした。', next: '数分後にもう一度お試しください。' },
    notSaved: { what: 'タスクは作成できましたが、保存できませんでした。', next: 'もう一度お試しください。' },
    runEnded: { what: 'この行動が終わる前に、実行が終了しました。', next: 'もう一度お試しください。' },
    stopped: { what: 'この行動が終わる前に、実行が停止されました。', next: 'もう一度お試しください。' },
    cancelled: { what: 'この行動が終わる前に、実行がキャンセルされました。', next: 'いつでももう一度開始できます。' },
    timeLimit: { what: 'この行動が終わる前に、実行の制限時間に達しました。', next: 'もう一度お試しください。' },
    notStarted: {
      what: '実行を開始できませんでした。',
      next: 'もう一度お試しください。続く場合は管理者にお問い合わせください。',
    },
    notPermitted: {
      what: 'サービスに必要な権限がありません。',
      next: '権限の設定が必要です。管理者にお問い合わせください。',
    },
    notSetUp: { what: 'AIモデルが設定されていません。', next: '設定が必要です。管理者にお問い合わせください。' },
    stepTimedOut: {
      what: '何度か試しましたが、処理が時間内に終わりませんでした。',
      next: 'もう一度お試しください。',
    },
    stepFailed: { what: '処理の途中で問題が発生しました。', next: '数分後にもう一度お試しください。' },
    serviceBusy: {
      what: 'サービスが混み合い、この行動を処理できませんでした。',
      next: '数分後にもう一度お試しください。',
    },
    passing: { what: '何度か試しましたが、応答がありませんでした。', next: '数分後にもう一度お試しください。' },
    refused: { what: 'この行動は受け付けられませんでした。', next: '技術的な詳細を確認してください。' },
    unknown: {
      what: 'この行動で問題が発生しました。',
      next: 'もう一度お試しください。原因は技術的な詳細で確認できます。',
    },
  },
};
