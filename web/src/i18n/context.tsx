import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { createFormats, type Formats } from '../format.ts';
import type { Messages } from './en/en.ts';
import { type Language, rememberLanguage } from './language.ts';
import { loadMessages } from './tables.ts';

export interface Texts {
  readonly language: Language;
  readonly t: Messages;
  readonly format: Formats;
  setLanguage(language: Language): void;
}

/** A language and its texts. */
export interface Spoken {
  readonly language: Language;
  readonly messages: Messages;
}

const TextsContext = createContext<Texts | undefined>(undefined);

export function TextsProvider({ initial, children }: { initial: Spoken; children: ReactNode }) {
  const [{ language, messages }, setSpoken] = useState(initial);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const texts = useMemo(
    () => ({
      language,
      t: messages,
      format: createFormats(language),
      setLanguage(chosen: Language) {
        // If the texts do not arrive, the page keeps its language.
        loadMessages(chosen).then(
          (loaded) => {
            rememberLanguage(localStorage, chosen);
            setSpoken({ language: chosen, messages: loaded });
          },
          () => undefined,
        );
      },
    }),
    [language, messages],
  );
  return <TextsContext value={texts}>{children}</TextsContext>;
}

export function useTexts(): Texts {
  const texts = useContext(TextsContext);
  if (texts === undefined) throw new Error('useTexts() belongs below TextsProvider');
  return texts;
}
