import { Icon } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { langOf } from '../../i18n/own-text.ts';
import type { Filling } from '../../mandala/draft.ts';

/** What a chart would be filled with: the goal, and each sub-goal with its actions. */
export function FillingPreview({ goal = '', blocks }: Filling) {
  const { t } = useTexts();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="filling" aria-label={t.editor.preview} tabIndex={0}>
      {goal !== '' && <p className="filling-goal">{goal}</p>}
      <ol>
        {blocks.map(({ title, actions }, block) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks never change places
          <li key={block}>
            <p>
              <strong>{title || t.create.subGoalNumber(block + 1)}</strong>
            </p>
            <ul>
              {actions.map((action, index) =>
                action.title === '' ? null : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: actions never change places
                  <li key={index}>
                    <span lang={langOf(action.title)}>{action.title}</span>
                    {action.type === 'habit' && (
                      <>
                        {' '}
                        <Icon name="habit" />
                        <span className="visually-hidden">{t.actionType.habit}</span>
                      </>
                    )}
                  </li>
                ),
              )}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  );
}
