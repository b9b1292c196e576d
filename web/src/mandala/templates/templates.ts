import type { Language } from '../../i18n/language.ts';
import type { Filling } from '../draft.ts';
import { fillingOf, type Template } from './template.ts';

export const TEMPLATES = ['marathon', 'exam', 'business'] as const;
export type TemplateName = (typeof TEMPLATES)[number];

/** Each is written in its language, not translated, and loaded when it is chosen. */
const LOADERS: Readonly<Record<Language, Readonly<Record<TemplateName, () => Promise<{ template: Template }>>>>> = {
  en: {
    marathon: () => import('./en/marathon.ts'),
    exam: () => import('./en/exam.ts'),
    business: () => import('./en/business.ts'),
  },
  ja: {
    marathon: () => import('./ja/marathon.ts'),
    exam: () => import('./ja/exam.ts'),
    business: () => import('./ja/business.ts'),
  },
};

export const loadTemplate = async (language: Language, name: TemplateName): Promise<Filling> =>
  fillingOf((await LOADERS[language][name]()).template);
