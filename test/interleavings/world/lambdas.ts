import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';

export type Lambda = keyof typeof FUNCTIONS;

export const isLambda = (name: string): name is Lambda => name in FUNCTIONS;
export const LAMBDAS = Object.keys(FUNCTIONS).filter(isLambda);

/** Milliseconds until Lambda ends an invocation. */
export const timeoutMs = (lambda: Lambda) => FUNCTIONS[lambda].timeoutSeconds * 1000;
