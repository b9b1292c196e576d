export type Language = 'en' | 'ja';

export const LANGUAGES: readonly Language[] = ['en', 'ja'];
const KEY = 'goal-activity.language';

export const isLanguage = (value: unknown): value is Language => LANGUAGES.some((language) => language === value);

/** The first of the browser's languages that the page speaks; English when there is none. */
export function languageOf(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}

type Memory = Pick<Storage, 'getItem' | 'setItem'>;

/** What was chosen before, else what the browser prefers. */
export function initialLanguage(storage: Memory, preferred: readonly string[]): Language {
  const chosen = storage.getItem(KEY);
  return isLanguage(chosen) ? chosen : languageOf(preferred);
}

export const rememberLanguage = (storage: Memory, language: Language): void => storage.setItem(KEY, language);
