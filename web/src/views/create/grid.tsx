import { Icon } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { langOf } from '../../i18n/own-text.ts';
import {
  blockOf,
  blockRows,
  type CellNumber,
  CHART_ROWS,
  contentOf,
  fieldIdOfCell,
  WIDTH,
} from '../../mandala/cells.ts';
import { entryAt } from '../../mandala/draft.ts';
import { CENTRE, SIDE } from '../../mandala/layout.ts';
import { cellLabel, placeholderOf, placeText } from './places.ts';
import type { Editor } from './use-editor.ts';
import { type GridOptions, useGrid } from './use-grid.ts';

/** Between blocks is a track of the grid for the gap. */
const track = (line: number) => line + 1 + Math.floor(line / SIDE);

interface CellProps {
  readonly cell: CellNumber;
  readonly editor: Editor;
  readonly grid: ReturnType<typeof useGrid>;
  readonly isNarrow: boolean;
}

/** A cell: its text as it is read, over which lies the field that it is written in, unseen until then. */
function GridCell({ cell, editor, grid, isNarrow }: CellProps) {
  const { t } = useTexts();
  const place = contentOf(cell);
  const entry = entryAt(editor.draft, place);
  const isActive = cell === editor.active;
  const isFlawed = editor.flawOf(place) !== undefined;
  const [row, column] = [Math.floor(cell / WIDTH), cell % WIDTH];
  const position = isNarrow ? {} : { gridRow: track(row), gridColumn: track(column) };
  // What is written is wider than the cell, and has to stay within the page.
  const third = isNarrow ? column % SIDE : Math.floor(column / SIDE);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field in it has the focus
    // biome-ignore lint/a11y/useSemanticElements: the rows of a table cannot be laid out in blocks
    <div
      role="gridcell"
      className={`entry-cell entry-${place.split('-')[0]}`}
      data-filled={entry.title === '' ? undefined : ''}
      data-flawed={isFlawed || undefined}
      data-mode={isActive ? grid.mode : undefined}
      data-third={third}
      style={position}
      title={entry.title}
    >
      <span className="entry-text" lang={langOf(entry.title)} aria-hidden="true">
        {entry.title || placeholderOf(place, t)}
      </span>
      <textarea
        id={fieldIdOfCell(cell)}
        rows={1}
        value={entry.title}
        tabIndex={isActive ? 0 : -1}
        placeholder={placeholderOf(place, t)}
        enterKeyHint="next"
        autoComplete="off"
        aria-label={cellLabel(cell, entry, t)}
        aria-invalid={isFlawed}
        aria-describedby={isActive && isFlawed ? 'cell-flaw' : undefined}
        onMouseDown={grid.onMouseDown}
        onFocus={(event) => grid.onFocus(cell, event)}
        onBlur={grid.onBlur}
        onChange={(event) => grid.write(cell, event.target.value)}
      />
      {entry.type === 'habit' && <Icon name="habit" />}
    </div>
  );
}

/** Behind the cells: what belongs together. */
const BLOCKS = Array.from({ length: WIDTH }, (_, block) => (
  <div
    // biome-ignore lint/suspicious/noArrayIndexKey: blocks never change places
    key={block}
    className={block === CENTRE ? 'entry-block entry-block-middle' : 'entry-block'}
    aria-hidden="true"
    style={{
      gridArea: `${Math.floor(block / SIDE) * (SIDE + 1) + 1} / ${(block % SIDE) * (SIDE + 1) + 1} / span ${SIDE} / span ${SIDE}`,
    }}
  />
));

/** The chart as a grid to write in, 9 × 9, or a block of it at a time. One cell is in the tab order. */
export function Grid(options: GridOptions) {
  const { t } = useTexts();
  const { editor, isNarrow } = options;
  const grid = useGrid(options);
  const block = blockOf(editor.active);
  const rows = isNarrow ? blockRows(block) : CHART_ROWS;
  const centre = rows[1]?.[1];
  const blockName = centre === undefined ? '' : `: ${placeText(contentOf(centre), t)}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows of a table cannot be laid out in blocks
    <div
      className="entry-grid"
      role="grid"
      tabIndex={-1}
      aria-label={`${t.create.chart}${isNarrow ? blockName : ''}`}
      aria-describedby="grid-hint"
      data-narrow={isNarrow || undefined}
      data-middle={block === CENTRE || undefined}
      onKeyDown={grid.onKeyDown}
      onPointerDown={grid.onPointerDown}
      onPaste={grid.onPaste}
    >
      {!isNarrow && BLOCKS}
      {rows.map((cells) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the fields in it have the focus
        // biome-ignore lint/a11y/useSemanticElements: the rows of a table cannot be laid out in blocks
        <div key={cells[0]} className="entry-row" role="row">
          {cells.map((cell) => (
            <GridCell key={cell} cell={cell} editor={editor} grid={grid} isNarrow={isNarrow} />
          ))}
        </div>
      ))}
    </div>
  );
}
