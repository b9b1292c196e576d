import type { truth as en } from '../en/truth.ts';
import { actions, number, tasks } from './count.ts';

export const truth: typeof en = {
  missingView: {
    what: 'この画面を読み込めませんでした。',
    offline: 'オフラインです。接続が戻ると自動で表示します。',
    waiting: 'サービスから応答がありません。応答があれば自動で表示します。',
    missing: '再読み込みしても表示できませんでした。しばらくしてからもう一度お試しください。',
    reload: 'ページを再読み込み',
  },
  goalCounts: { tasks: (done, total) => `タスク ${number(done)}/${number(total)} 完了` },
  later: {
    title: 'この目標には、より新しい実行があります。',
    link: '新しい実行を見る',
    made: (count) => `その後、${tasks(count)}を追加しました`,
    failed: 'その後の実行でも失敗しました',
    pending: '再試行中です',
    left: 'まだタスクがありません',
    gone: 'この行動は目標から外されました',
    intro: 'それぞれの行動のその後です。',
  },
  estimate: {
    recent_runs: (model, tokensIn, tokensOut) =>
      `このサービスの最近の実行に基づく目安です（${model}、行動1つあたり入力約${tokensIn}・出力約${tokensOut}トークン）。`,
    typical: (model) => `${model}の標準的な目安です。実際とは異なることがあります。`,
    unavailable: '所要時間と費用の目安を、現在表示できません。',
  },
  lastRun: {
    title: (count) => `前回の実行で${actions(count)}が失敗しました`,
  },
};
