import type { Messages } from './en/en.ts';
import type { Language } from './language.ts';

/** Each language is a file of its own, so that nobody loads the other. */
const LOADERS: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: () => import('./en/en.ts').then(({ en }) => en),
  ja: () => import('./ja/ja.ts').then(({ ja }) => ja),
};

export const loadMessages = (language: Language): Promise<Messages> => LOADERS[language]();
