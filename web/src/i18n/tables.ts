import type { Messages } from './en/en.ts';
import type { Language } from './language.ts';

/** The browser loads the texts of one language alone. */
const LOADERS: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: () => import('./en/en.ts').then(({ en }) => en),
  ja: () => import('./ja/ja.ts').then(({ ja }) => ja),
};

export const loadMessages = (language: Language): Promise<Messages> => LOADERS[language]();
