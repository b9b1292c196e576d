import { type KeyboardEvent, useState } from 'react';
import { useTexts } from '../i18n/context.tsx';
import { CENTRE, indexOf, PER_BLOCK, placeOf, SIDE } from '../mandala/layout.ts';
import { neighbourOf } from '../mandala/neighbour.ts';
import { NARROW, useMedia } from '../media.ts';
import { Button } from './basics.tsx';
import { type Cell, CellView } from './cell.tsx';
import { type ShownBlock, useShownBlock } from './shown-block.ts';

export interface Chart {
  readonly goal: Cell;
  readonly blocks: readonly { readonly subGoal: Cell; readonly actions: readonly Cell[] }[];
}

const EMPTY: Cell = { kind: 'empty', text: '', label: '' };
const PLACES = Array.from({ length: SIDE * SIDE }, (_, place) => place);
/** With so few sub-goals, most of a chart of 9 × 9 would be empty: the cells that there are stand close together instead. */
const MOST_COMPACT = 3;
/** These fill the first two rows of blocks, beside the goal's own. */
const IN_TWO_ROWS = 5;

interface PlacedCell {
  readonly cell: Cell;
  readonly block: number;
  readonly place: number;
  /** `4.0` is the first cell of the block in the middle. */
  readonly position: string;
}

const placed = (cell: Cell, block: number, place: number): PlacedCell => ({
  cell,
  block,
  place,
  position: `${block}.${place}`,
});

/** The 9 cells of each of the 9 blocks, in reading order: the goal's own block is in the middle. */
function cellsOf({ goal, blocks }: Chart): PlacedCell[][] {
  const cellAt = (block: number, place: number): Cell | undefined => {
    if (block === CENTRE) return place === CENTRE ? goal : blocks[indexOf(place)]?.subGoal;
    const { subGoal, actions } = blocks[indexOf(block)] ?? {};
    return place === CENTRE ? subGoal : actions?.[indexOf(place)];
  };
  const rows = blocks.length <= IN_TWO_ROWS ? 2 : SIDE;
  return PLACES.slice(0, rows * SIDE).map((block) =>
    PLACES.map((place) => placed(cellAt(block, place) ?? EMPTY, block, place)),
  );
}

/** The cells that there are, the goal alone in its block, and of each other block its sub-goal first. */
function compactCellsOf({ goal, blocks }: Chart): PlacedCell[][] {
  const others = blocks.map(({ subGoal, actions }, index) => [
    ...(subGoal.kind === 'empty' ? [] : [placed(subGoal, placeOf(index), CENTRE)]),
    ...actions.map((action, at) => placed(action, placeOf(index), placeOf(at))),
  ]);
  return [[placed(goal, CENTRE, CENTRE)], ...others];
}

/** Actions of a block that have tasks, or that are written where no cell has a phase. */
function summaryOf(actions: readonly Cell[]) {
  const written = actions.filter(({ text }) => text !== '');
  if (written.every(({ phase }) => phase === undefined)) return { count: written.length, total: PER_BLOCK };
  const ready = written.filter(({ phase }) => phase === 'saved' || phase === 'earlier');
  return { count: ready.length, total: written.length };
}

/** Arrow keys go from cell to cell. At the edge the focus stays where it is, and a single block gives way to the next. */
function move(event: KeyboardEvent<HTMLElement>, { isOpen, turn }: ShownBlock): void {
  const origin = event.target;
  if (!(origin instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
  const others = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-place]')].filter(
    (cell) => cell !== origin && cell.offsetParent !== null,
  );
  const boxes = others.map((cell) => cell.getBoundingClientRect());
  const next = neighbourOf(event.key, origin.getBoundingClientRect(), boxes);
  if (next === -1) return;
  event.preventDefault();
  if (next !== undefined) others[next]?.focus();
  else if (isOpen && event.key === 'ArrowLeft') turn(-1);
  else if (isOpen && event.key === 'ArrowRight') turn(1);
}

/** Says which block is in view, and leads to the others. */
function BlockBar({ view, total }: { view: ShownBlock; total: number }) {
  const { t } = useTexts();
  return (
    <div className="block-bar">
      <Button kind="quiet" icon="overview" onClick={() => view.show(CENTRE)}>
        {t.chart.overview}
      </Button>
      <Button kind="quiet" icon="back" aria-label={t.chart.previous} onClick={() => view.turn(-1)} />
      <p role="status">{t.chart.blockOf(view.number, total)}</p>
      <Button kind="quiet" icon="forward" aria-label={t.chart.next} onClick={() => view.turn(1)} />
    </div>
  );
}

interface MandalaProps extends Chart {
  readonly label: string;
  readonly hint: string;
  readonly selected: string | undefined;
  /** Whether a moment of joy is due. */
  readonly isJoyful?: boolean;
  onSelect(id: string): void;
}

/** Lays the chart out for this window, and says what each of its cells does. */
function useLayout({ goal, blocks, selected, onSelect }: Pick<MandalaProps, keyof Chart | 'selected' | 'onSelect'>) {
  const { t } = useTexts();
  const [focused, setFocused] = useState<string>();
  const isCompact = blocks.length <= MOST_COMPACT;
  const isNarrow = useMedia(NARROW) && !isCompact;
  const chart = isCompact ? compactCellsOf({ goal, blocks }) : cellsOf({ goal, blocks });
  const cells = chart.flat();
  const isSelected = ({ cell: { id } }: PlacedCell) => id !== undefined && id === selected;
  // Of a sub-goal it is the cell in its own block, not the repetition around the goal.
  const chosen = cells.find((each) => each.block !== CENTRE && isSelected(each));
  const view = useShownBlock(isNarrow, Object.keys(blocks).map(Number).map(placeOf), chosen?.block);
  const opens = ({ cell, block, place }: PlacedCell) =>
    isNarrow && block === CENTRE && place !== CENTRE && cell.kind !== 'empty';
  const isChoice = (each: PlacedCell) => each.cell.id !== undefined || opens(each);
  const choices = cells.filter((each) => isChoice(each) && (view.shown ?? each.block) === each.block);
  const inTabOrder = choices.find(({ position }) => position === focused) ?? choices.find(isSelected) ?? choices[0];

  function summaryFor(each: PlacedCell) {
    if (!opens(each)) return;
    const share = summaryOf(blocks[indexOf(each.place)]?.actions ?? []);
    return { ...share, label: t.chart.ready(share.count, share.total) };
  }
  const propsOf = (each: PlacedCell) => ({
    cell: each.cell,
    isChoice: isChoice(each),
    summary: summaryFor(each),
    'data-place': each.position,
    tabIndex: each.position === inTabOrder?.position ? 0 : -1,
    'aria-current': isSelected(each) || undefined,
    onFocus: () => setFocused(each.position),
    onClick() {
      if (opens(each)) view.show(each.place);
      else if (each.cell.id !== undefined) onSelect(each.cell.id);
    },
  });
  return { chart, isCompact, view, propsOf };
}

/**
 * The mandala chart, 9 × 9; in a narrow window its sub-goals, and the block of one of them at a time. One cell is in the tab
 * order; arrow keys go from cell to cell.
 */
export function Mandala({ label, hint, isJoyful = false, ...props }: MandalaProps) {
  const { chart, isCompact, view, propsOf } = useLayout(props);
  return (
    <div className={`mandala-frame${isCompact ? ' mandala-compact' : ''}`} ref={view.chart}>
      {view.isOpen && <BlockBar view={view} total={props.blocks.length} />}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields */}
      <div
        className="mandala"
        role="group"
        aria-label={`${label}. ${hint}`}
        data-rows={isCompact ? undefined : chart.length / SIDE}
        data-joyful={isJoyful || undefined}
        onKeyDown={(event) => move(event, view)}
        {...view.swiping}
      >
        {chart.map((cells, index) => {
          const { block } = cells[0] ?? { block: index };
          const kinds = [
            ...(block === CENTRE ? ['block-middle'] : []),
            ...(cells.every(({ cell }) => cell === EMPTY) ? ['block-empty'] : []),
          ];
          return (
            <div key={block} className={['block', ...kinds].join(' ')} data-shown={block === view.shown || undefined}>
              {cells.map((each) => (
                <CellView key={each.position} {...propsOf(each)} />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
