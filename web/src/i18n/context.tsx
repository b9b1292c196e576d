import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { createFormats, type Formats } from '../format.ts';
import type { Messages } from './en/en.ts';
import { type Language, loadMessages, rememberLanguage } from './language.ts';

interface Texts {
  readonly language: Language;
  readonly t: Messages;
  readonly format: Formats;
  setLanguage(language: Language): void;
}

const TextsContext = createContext<Texts | undefined>(undefined);

export function TextsProvider({ initial, children }: { initial: Pick<Texts, 'language' | 't'>; children: ReactNode }) {
  const [spoken, setSpoken] = useState(initial);
  const { language } = spoken;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const texts = useMemo(
    () => ({
      ...spoken,
      format: createFormats(language),
      setLanguage(chosen: Language) {
        // If the texts do not arrive, the page keeps its language.
        loadMessages(chosen).then(
          (t) => {
            rememberLanguage(localStorage, chosen);
            setSpoken({ language: chosen, t });
          },
          () => undefined,
        );
      },
    }),
    [spoken, language],
  );
  return <TextsContext value={texts}>{children}</TextsContext>;
}

export function useTexts(): Texts {
  const texts = useContext(TextsContext);
  if (texts === undefined) throw new Error('useTexts() belongs below TextsProvider');
  return texts;
}
