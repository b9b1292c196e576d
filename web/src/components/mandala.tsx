import { type ClipboardEvent, type KeyboardEvent, useRef, useState } from 'react';
import { useTexts } from '../i18n/context.tsx';
import { placeOf, SIDE } from '../mandala/layout.ts';
import { PHASES, type Phase } from '../run/cells.ts';
import { Icon } from './icons.tsx';

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

export interface ChartBlock {
  readonly subGoal: Cell;
  readonly actions: readonly Cell[];
}

const EMPTY: Cell = { kind: 'empty', text: '', label: '' };
const WIDTH = SIDE * SIDE;
const CENTRE = 4;

/** The 9 cells of each of the 9 blocks, in reading order: the goal's own block is in the middle. */
function cellsOf(goal: Cell, blocks: readonly ChartBlock[]): Cell[][] {
  const middle = Array.from({ length: WIDTH }, () => EMPTY);
  middle[CENTRE] = goal;
  const chart = Array.from({ length: WIDTH }, () => Array.from({ length: WIDTH }, () => EMPTY));
  blocks.forEach(({ subGoal, actions }, index) => {
    const place = placeOf(index);
    middle[place] = subGoal;
    const cells = Array.from({ length: WIDTH }, () => EMPTY);
    // The sub-goal can be chosen in its own block; around the goal it is a repetition.
    cells[CENTRE] = subGoal;
    actions.forEach((action, at) => {
      cells[placeOf(at)] = action;
    });
    chart[place] = cells;
  });
  chart[CENTRE] = middle;
  return chart;
}

interface MandalaProps {
  readonly label: string;
  readonly hint: string;
  readonly goal: Cell;
  readonly blocks: readonly ChartBlock[];
  readonly selected: string | undefined;
  onSelect(id: string): void;
  onPaste?(event: ClipboardEvent): void;
}

/** The mandala chart, 9 × 9. One cell is in the tab order; arrow keys go from cell to cell. */
export function Mandala({ label, hint, goal, blocks, selected, onSelect, onPaste }: MandalaProps) {
  const { t } = useTexts();
  const container = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string>();
  const chart = cellsOf(goal, blocks);
  const at = (row: number, column: number): Cell =>
    chart[Math.floor(row / SIDE) * SIDE + Math.floor(column / SIDE)]?.[(row % SIDE) * SIDE + (column % SIDE)] ?? EMPTY;
  const positions = chart.flatMap((cells, block) =>
    cells.flatMap((cell, place) => (cell.id === undefined ? [] : [`${block}.${place}`])),
  );
  const selectedPosition = positions.find((position) => {
    const [block = 0, place = 0] = position.split('.').map(Number);
    // Choose the action's own cell, not the repetition of a sub-goal around the goal.
    return block !== CENTRE && chart[block]?.[place]?.id === selected;
  });
  const inOrder = focused !== undefined && positions.includes(focused) ? focused : (selectedPosition ?? positions[0]);

  function move(event: KeyboardEvent<HTMLDivElement>): void {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = steps[event.key];
    const origin = event.target instanceof HTMLElement ? event.target.dataset.place : undefined;
    if (step === undefined || origin === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [block = 0, place = 0] = origin.split('.').map(Number);
    let row = Math.floor(block / SIDE) * SIDE + Math.floor(place / SIDE);
    let column = (block % SIDE) * SIDE + (place % SIDE);
    // Cells that cannot be chosen are passed over; at the edge it stays where it is.
    for (;;) {
      row += step[0];
      column += step[1];
      if (row < 0 || column < 0 || row >= WIDTH || column >= WIDTH) return;
      if (at(row, column).id !== undefined) break;
    }
    const target = `${Math.floor(row / SIDE) * SIDE + Math.floor(column / SIDE)}.${(row % SIDE) * SIDE + (column % SIDE)}`;
    container.current?.querySelector<HTMLElement>(`[data-place="${target}"]`)?.focus();
  }

  function render(cell: Cell, position: string) {
    const { id, phase, isHabit, isFlawed } = cell;
    const classes = `cell cell-${cell.kind}${isFlawed ? ' cell-flawed' : ''}`;
    const content = (
      <>
        {cell.text !== '' && <span className="cell-text">{cell.text}</span>}
        {phase !== undefined && <Icon name={phase} />}
        {phase === undefined && isHabit && <Icon name="habit" />}
      </>
    );
    if (id === undefined) {
      return (
        <div
          key={position}
          className={classes}
          data-phase={phase}
          data-filled={cell.text === '' ? undefined : ''}
          aria-hidden={cell.kind === 'empty' || undefined}
        >
          {content}
        </div>
      );
    }
    return (
      <button
        key={position}
        type="button"
        className={classes}
        data-place={position}
        data-phase={phase}
        data-filled={cell.text === '' ? undefined : ''}
        tabIndex={position === inOrder ? 0 : -1}
        aria-current={id === selected || undefined}
        aria-label={phase === undefined ? cell.label : `${cell.label}: ${t.phase[phase]}`}
        title={cell.text}
        onFocus={() => setFocused(position)}
        onClick={() => onSelect(id)}
      >
        {content}
      </button>
    );
  }

  return (
    <div className="mandala-frame">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields */}
      <div
        ref={container}
        className="mandala"
        role="group"
        aria-label={`${label}. ${hint}`}
        onKeyDown={move}
        onPaste={onPaste}
      >
        {chart.map((cells, block) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks never change places
          <div key={block} className={`block${block === CENTRE ? ' block-middle' : ''}`}>
            {cells.map((cell, place) => render(cell, `${block}.${place}`))}
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
