import { Button } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { BLOCK_ORDER, blockOf, firstToWrite } from '../../mandala/cells.ts';
import type { Draft } from '../../mandala/draft.ts';
import { CENTRE, indexOf } from '../../mandala/layout.ts';
import type { Editor } from './use-editor.ts';

const isWritten = ({ title }: { readonly title: string }) => title.trim() !== '';

/** How much of a block is written: its actions, or of the one in the middle the sub-goals. */
const countIn = ({ blocks }: Draft, block: number): number =>
  (block === CENTRE ? blocks : (blocks[indexOf(block)]?.actions ?? [])).filter(isWritten).length;

/** Where there is room for one block alone: which one it is, the one before and after, and a map of all nine. */
export function BlockNav({ editor }: { editor: Editor }) {
  const { t } = useTexts();
  const { draft, active, setActive } = editor;
  const inView = blockOf(active);
  const nameOf = (block: number) => {
    if (block === CENTRE) return t.editor.subGoals;
    const title = draft.blocks[indexOf(block)]?.title.trim();
    return title || t.create.subGoalNumber(indexOf(block) + 1);
  };
  const turn = (icon: 'back' | 'forward', step: 1 | -1) => {
    const block = BLOCK_ORDER[BLOCK_ORDER.indexOf(inView) + step];
    const name = icon === 'back' ? t.create.previous : t.create.next;
    return (
      <Button
        kind="quiet"
        icon={icon}
        aria-label={block === undefined ? name : `${name}: ${nameOf(block)}`}
        disabled={block === undefined}
        onClick={() => block !== undefined && setActive(firstToWrite(block))}
      />
    );
  };
  return (
    <nav className="block-nav" aria-label={t.editor.blocks}>
      <div className="block-nav-head">
        {turn('back', -1)}
        <p>
          <strong>{nameOf(inView)}</strong> <span className="soft">{countIn(draft, inView)}/8</span>
        </p>
        {turn('forward', 1)}
      </div>
      <ul className="block-map">
        {Array.from({ length: BLOCK_ORDER.length }, (_, block) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks never change places
          <li key={block}>
            <button
              type="button"
              aria-label={t.editor.block(nameOf(block), countIn(draft, block))}
              aria-current={block === inView || undefined}
              data-filled={countIn(draft, block) > 0 || undefined}
              onClick={() => setActive(firstToWrite(block))}
            >
              {block === CENTRE ? '◎' : countIn(draft, block)}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
