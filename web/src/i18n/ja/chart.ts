import type { chart as en } from '../en/chart.ts';
import { number } from './count.ts';

export const chart: typeof en = {
  chart: {
    overview: '全体',
    previous: '前のサブ目標',
    next: '次のサブ目標',
    blockOf: (position, total) => `${number(position)} / ${number(total)}`,
    ready: (count, total) => `行動 ${number(count)}/${number(total)}`,
    done: (count, total) => `タスク ${number(count)}/${number(total)} 完了`,
    print: '印刷',
    printed: (day) => `${day}現在`,
  },
  panel: {
    label: '選択中の行動',
    opened: (title) => `「${title}」をチャートの横に表示しました。Tabキーで移動できます。`,
    close: '閉じる',
    attempt: (position) => `${number(position)}回目の試行中`,
    attempts: (count) => `試行${number(count)}回`,
    isSlow: 'ほかの行動より時間がかかっています。',
  },
  notice: {
    ask: '完了したら通知する',
    isOn: '別のタブを見ている間に完了すると、通知でお知らせします。',
    isOff: 'このページの通知はブロックされています。ブラウザーの設定で許可できます。',
  },
};
