import { type ClipboardEvent, type ComponentProps, type KeyboardEvent, useState } from 'react';
import { useTexts } from '../i18n/context.tsx';
import { CENTRE, indexOf, SIDE, turn } from '../mandala/layout.ts';
import { PHASES, type Phase } from '../run/cells.ts';
import { Icon } from './basics.tsx';

/** What one of the 81 cells shows. */
export interface Cell {
  readonly kind: 'goal' | 'subGoal' | 'action' | 'empty';
  readonly text: string;
  /** Read by a screen reader in place of the text. */
  readonly label: string;
  readonly phase?: Phase;
  readonly isHabit?: boolean;
  readonly isFlawed?: boolean;
  /** Identifies it for `selected` and `onSelect`; a cell without one cannot be chosen. */
  readonly id?: string;
}

export interface Chart {
  readonly goal: Cell;
  readonly blocks: readonly { readonly subGoal: Cell; readonly actions: readonly Cell[] }[];
}

const EMPTY: Cell = { kind: 'empty', text: '', label: '' };
const WIDTH = SIDE * SIDE;

/** The 9 cells of each of the 9 blocks, in reading order: the goal's own block is in the middle. */
function cellsOf({ goal, blocks }: Chart): Cell[][] {
  const cellAt = (block: number, place: number): Cell | undefined => {
    if (block === CENTRE) return place === CENTRE ? goal : blocks[indexOf(place)]?.subGoal;
    const { subGoal, actions } = blocks[indexOf(block)] ?? {};
    return place === CENTRE ? subGoal : actions?.[indexOf(place)];
  };
  const places = Array.from({ length: WIDTH }, (_, place) => place);
  return places.map((block) => places.map((place) => cellAt(block, place) ?? EMPTY));
}

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * Arrow keys go from cell to cell. Cells that cannot be chosen are passed over; at the edge the focus stays where it is.
 * The `data-place` of a cell that can be chosen is its block and its place therein, `4.0`.
 */
function move(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  const origin = event.target instanceof HTMLElement ? event.target.dataset.place : undefined;
  if (step === undefined || origin === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const [from = 0, fromPlace = 0] = origin.split('.').map(Number);
  let [row, column] = turn(from, fromPlace);
  let next: HTMLElement | null = null;
  while (next === null) {
    row += step[0];
    column += step[1];
    if (row < 0 || column < 0 || row >= WIDTH || column >= WIDTH) return;
    next = event.currentTarget.querySelector<HTMLElement>(`[data-place="${turn(row, column).join('.')}"]`);
  }
  next.focus();
}

/** @param choice what makes a button of a cell that can be chosen */
function CellView({ cell, ...choice }: { cell: Cell } & ComponentProps<'button'>) {
  const { t } = useTexts();
  const { id, kind, text, label, phase, isHabit, isFlawed } = cell;
  const looks = {
    className: `cell cell-${kind}${isFlawed ? ' cell-flawed' : ''}`,
    'data-phase': phase,
    'data-filled': text === '' ? undefined : '',
  };
  const icon = phase ?? (isHabit ? 'habit' : undefined);
  const content = (
    <>
      {text !== '' && <span className="cell-text">{text}</span>}
      {icon && <Icon name={icon} />}
    </>
  );
  if (id === undefined) {
    return (
      <div {...looks} aria-hidden={kind === 'empty' || undefined}>
        {content}
      </div>
    );
  }
  return (
    <button
      {...looks}
      {...choice}
      type="button"
      aria-label={phase === undefined ? label : `${label}: ${t.phase[phase]}`}
      title={text}
    >
      {content}
    </button>
  );
}

interface MandalaProps extends Chart {
  readonly label: string;
  readonly hint: string;
  readonly selected: string | undefined;
  onSelect(id: string): void;
  onPaste?(event: ClipboardEvent): void;
}

/** The mandala chart, 9 × 9. One cell is in the tab order; arrow keys go from cell to cell. */
export function Mandala({ label, hint, goal, blocks, selected, onSelect, onPaste }: MandalaProps) {
  const [focused, setFocused] = useState<string>();
  const chart = cellsOf({ goal, blocks });
  const choices = chart.flatMap((cells, block) =>
    cells.flatMap(({ id }, place) => (id === undefined ? [] : [{ id, block, position: `${block}.${place}` }])),
  );
  // Of a sub-goal it is the cell in its own block, not the repetition around the goal.
  const chosen = choices.find(({ id, block }) => block !== CENTRE && id === selected);
  const inTabOrder = choices.find(({ position }) => position === focused) ?? chosen ?? choices[0];

  return (
    <div className="mandala-frame">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields */}
      <div className="mandala" role="group" aria-label={`${label}. ${hint}`} onKeyDown={move} onPaste={onPaste}>
        {chart.map((cells, block) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks never change places
          <div key={block} className={`block${block === CENTRE ? ' block-middle' : ''}`}>
            {cells.map((cell, place) => {
              const position = `${block}.${place}`;
              return (
                <CellView
                  key={position}
                  cell={cell}
                  data-place={position}
                  tabIndex={position === inTabOrder?.position ? 0 : -1}
                  aria-current={cell.id === selected || undefined}
                  onFocus={() => setFocused(position)}
                  onClick={() => cell.id !== undefined && onSelect(cell.id)}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

/** What the icons mean, with how many cells have each. */
export function Legend({ phases }: { phases: readonly Phase[] }) {
  const { t } = useTexts();
  const counts = PHASES.map((phase) => [phase, phases.filter((each) => each === phase).length] as const);
  return (
    <ul className="legend" aria-label={t.run.legend}>
      {counts
        .filter(([, count]) => count > 0)
        .map(([phase, count]) => (
          <li key={phase} data-phase={phase}>
            <Icon name={phase} />
            {t.phase[phase]} <span className="soft">{count}</span>
          </li>
        ))}
    </ul>
  );
}
