import type { Language } from './language.ts';

const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

/**
 * The language of what a person or the AI wrote, for its element's `lang`: lines break, words are divided and screen readers
 * speak by it, whatever language the page is in. Undefined where there are no letters: it is the page's then.
 */
export function langOf(text: string): Language | undefined {
  if (JAPANESE.test(text)) return 'ja';
  return /\p{Letter}/u.test(text) ? 'en' : undefined;
}
