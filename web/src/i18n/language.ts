import type { Messages } from './en/en.ts';

export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];
const KEY = 'goal-activity.language';

const isLanguage = (value: unknown): value is Language => LANGUAGES.some((language) => language === value);

type Memory = Pick<Storage, 'getItem' | 'setItem'>;

/** What was chosen before, else the first of the browser's languages that the page speaks; English when there is none. */
export const initialLanguage = (storage: Memory, preferred: readonly string[]): Language =>
  [storage.getItem(KEY) ?? '', ...preferred].map((tag) => tag.toLowerCase().split('-')[0]).find(isLanguage) ?? 'en';

export const rememberLanguage = (storage: Memory, language: Language): void => storage.setItem(KEY, language);

/** The browser loads the texts of one language alone. */
const LOADERS: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: () => import('./en/en.ts').then(({ en }) => en),
  ja: () => import('./ja/ja.ts').then(({ ja }) => ja),
};

export const loadMessages = (language: Language): Promise<Messages> => LOADERS[language]();
