export const number = (value: number) => value.toLocaleString('ja-JP');
export const actions = (count: number) => `${number(count)}個の行動`;
export const tasks = (count: number) => `${number(count)}個のタスク`;
