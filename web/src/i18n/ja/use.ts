import type { use as en } from '../en/use.ts';
import { actions, number, tasks } from './count.ts';

export const use: typeof en = {
  taskStatus: { not_started: '未完了', done: '完了' },
  task: {
    progress: (done, total) => `タスク ${number(done)}/${number(total)} 完了`,
    add: 'タスクを追加',
    addTo: (action) => `「${action}」にタスクを追加`,
    addTitle: '新しいタスク',
    added: (title) => `「${title}」を追加しました。`,
    editTitle: 'タスクを編集',
    editOne: (title) => `タスク「${title}」を編集`,
    saved: 'タスクを保存しました。',
    remove: '削除',
    removeOne: (title) => `タスク「${title}」を削除`,
    removed: (title) => `「${title}」を削除しました。`,
    notRemoved: 'このタスクを削除できませんでした。',
    notSaved: 'この変更を保存できませんでした。',
    undo: '元に戻す',
    undoRemoval: (title) => `「${title}」の削除を元に戻す`,
    title: 'タスク',
    minutes: '時間（分）',
    badMinutes: '1〜1,440の整数を入力してください。',
    type: '頻度',
    elsewhere: (text) => `別の画面で保存された内容：${text}`,
  },
  again: {
    short: 'タスクを作り直す',
    button: (action) => `「${action}」のタスクを作り直す`,
    title: 'タスクを作り直しますか？',
    asks: (action) => `AIが「${action}」のタスクをもう一度作成します。`,
    replaces: (count) =>
      count === 0
        ? '新しいタスクが追加されます。'
        : `${tasks(count)}が新しいタスクに置き換わります。作成が終わるまで、また失敗したときは、今のタスクが残ります。`,
    keeps: (count) =>
      count === 0
        ? '自分で編集・完了・追加したタスクが置き換わることはありません。'
        : `自分で編集・完了・追加した${tasks(count)}はそのまま残ります。`,
    confirm: '作り直す',
  },
  today: {
    intro: 'すべての目標から、習慣と、短時間でできるタスクを選びました。',
    done: (count) => `${tasks(count)}が完了しました。お疲れさまです。`,
    next: '次のタスクを表示',
    habits: { title: '習慣', hint: '続けていくこと。' },
    tasks: { title: 'すぐできるタスク', hint: '1回のみ。短い順です。' },
    empty: '今日のタスクはありません',
    emptyHint: 'すべて完了したか、目標にまだタスクがありません。',
    toGoals: '目標を見る',
  },
  exportFile: {
    columns: ['サブ目標', '行動', 'タスク', '説明', '頻度', '時間（分）', '状態'],
    deadline: (title) => `期限：${title}`,
  },
  exportDialog: {
    button: '書き出す',
    title: '目標をファイルに書き出す',
    kind: 'ファイルの種類',
    kinds: {
      csv: 'すべてのタスクの一覧。表計算ソフトで開けます。',
      markdown: '目標をまとめた文書。タスクにチェックを付けられます。',
      calendar: '期限と、それまで毎日続ける習慣。カレンダーに取り込めます。',
    },
    noCalendar: 'この目標には、期限も未完了の習慣もありません。',
    confirm: 'ダウンロード',
    saved: (name) => `${name}をダウンロードしました。`,
  },
  editGoal: {
    button: '目標を編集',
    kept: '保存するまで、このタブに残ります。',
    giveUp: '変更を破棄',
    title: '目標を編集',
    intro: '行動の文を変えても、そのタスクは残ります。',
    saved: '目標を保存しました。',
    removeTitle: (count) => `${actions(count)}を削除しますか？`,
    removes: (count, taskCount) =>
      taskCount === 0
        ? `${actions(count)}を削除します。`
        : `${actions(count)}と、その${tasks(taskCount)}を削除します。`,
    isFinal: 'この操作は元に戻せません。',
    confirm: '削除して保存',
  },
  deleteGoal: {
    button: '目標を削除',
    title: (title) => `「${title}」を削除しますか？`,
    removes: (actionCount, taskCount) =>
      `目標と、${actions(actionCount)}、${tasks(taskCount)}を削除します。自分で追加・完了したタスクも含みます。`,
    keeps: '実行の記録は、90日間履歴に残ります。',
    isFinal: 'この操作は元に戻せません。',
    confirm: '目標を削除',
    deleting: '削除中…',
    deleted: (title) => `「${title}」を削除しました。`,
  },
};
