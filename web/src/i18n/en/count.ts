export const number = (value: number) => value.toLocaleString('en');
export const plural = (value: number, one: string, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;
export const actions = (count: number) => plural(count, 'action');
export const tasks = (count: number) => plural(count, 'task');
