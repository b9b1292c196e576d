import { currentInvocation } from './invocation.ts';

export * from 'node:crypto';

/** Stands in for `randomUUID` of `node:crypto`. */
export const randomUUID = () => currentInvocation().newId();
