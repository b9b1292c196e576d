import type { entry as en } from '../en/entry.ts';
import { number } from './count.ts';

export const entry: typeof en = {
  editor: {
    toolbar: 'チャートの操作',
    undo: '元に戻す',
    redo: 'やり直す',
    undone: '元に戻しました。',
    redone: 'やり直しました。',
    templates: 'テンプレート',
    leaving: 'Tab キーでチャートから出ます。',
    howToLeave: 'Esc キーのあと Tab キーでチャートから出られます。',
    keyboard: 'キーボード操作',
    keys: [
      { key: '文字キー', does: '書き込み（元の文字は置き換え）' },
      { key: 'Enter、F2', does: '編集。もう一度 Enter で次のマスへ' },
      { key: 'Tab、Shift+Tab', does: '次または前のマスへ' },
      { key: '矢印キー、Home、End', does: 'チャート内を移動' },
      { key: 'Esc', does: '書き込み前に戻す。続けてもう一度押すと、Tab でチャートから出られます' },
      { key: 'Ctrl+Z、Ctrl+Y', does: '元に戻す、やり直す' },
      { key: 'Alt+H', does: '習慣と1回のみの切り替え' },
      { key: 'Shift+F2', does: '行動の説明を入力' },
      { key: 'Ctrl+V', does: '表やリストを貼り付け' },
    ],
    subGoals: 'サブ目標',
    blocks: 'チャートの区画',
    block: (name, count) => `${name}、8個中${number(count)}個`,
    chosen: (name) => `選択中のマス：${name}`,
    type: '種類',
    description: 'この行動の説明（任意）',
    preview: '読み取った内容',
    list: '行動の一覧',
    named: (titles, more) => `${titles.join('、')}${more > 0 ? `、ほか${number(more)}個` : ''}`,
    unknownColumns: (names) => `次の列は使いません：${names.join('、')}`,
    unknownTypes: (count) =>
      `${number(count)}個の行動は、種類が「習慣」でも「1回のみ」でもないため、1回のみとして取り込みます。`,
  },
  templateDialog: {
    title: 'テンプレートから始める',
    intro: 'サブ目標8つに行動が8つずつそろったチャートです。取り込んだあと、自由に書き換えられます。',
    names: {
      marathon: '初めてのマラソンを完走する',
      exam: '資格試験に合格する',
      business: '小さなビジネスを始める',
    },
    replaces: '入力済みの目標、説明、チャートは置き換えられます。「元に戻す」で戻せます。',
    apply: 'このテンプレートを使う',
    replace: '入力内容を置き換える',
  },
};
