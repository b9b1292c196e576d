import type { StageSettings } from './settings-schema.ts';

/** A language that people of a stage read their mails in. */
export type Language = NonNullable<StageSettings['language']>;

/** A text in every language of mails. */
export type Worded = Readonly<Record<Language, string>>;

/** The page that messages and alarms link to. Its headings have the same anchors in every language. */
export const RUNBOOK: Worded = { en: 'docs/operations.md', ja: 'docs/ja/operations.md' };

/** English, unless the stage says otherwise. */
export const languageOf = ({ language = 'en' }: StageSettings): Language => language;
