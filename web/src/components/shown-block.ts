import { type PointerEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useBackButton } from '../back-button.ts';
import { CENTRE, indexOf } from '../mandala/layout.ts';

/** A finger has to go this far, in pixels, and more sideways than up or down. */
const SWIPE = 40;

/**
 * The block in view where the window is too narrow for the whole chart: the goal's own block, with its sub-goals, is the overview.
 * @param blocks places of the sub-goals' blocks, in their order
 * @param selectedBlock where the chosen cell is; the view follows it
 */
export function useShownBlock(isNarrow: boolean, blocks: readonly number[], selectedBlock: number | undefined) {
  const [shown, setShown] = useState(CENTRE);
  const [followed, setFollowed] = useState(selectedBlock);
  const chart = useRef<HTMLDivElement>(null);
  const begun = useRef<{ x: number; y: number }>(undefined);
  const isOpen = isNarrow && shown !== CENTRE;
  if (selectedBlock !== followed) {
    setFollowed(selectedBlock);
    if (selectedBlock !== undefined) setShown(selectedBlock);
  }

  /** Shows a block, or the overview, and gives the focus to its first cell, or to the cell of the block that was left. */
  function show(block: number): void {
    const left = shown;
    flushSync(() => setShown(block));
    const place = block === CENTRE ? `[data-place="${CENTRE}.${left}"]` : `[data-place^="${block}."]`;
    chart.current?.querySelector<HTMLElement>(place)?.focus({ preventScroll: true });
  }
  /** Shows the next block, or the one before; after the last comes the first. A focus that was in it goes along. */
  function turn(by: 1 | -1): void {
    const next = blocks.at((blocks.indexOf(shown) + by) % blocks.length) ?? shown;
    if (document.activeElement?.matches('.mandala *') === true) show(next);
    else setShown(next);
  }
  useBackButton(isOpen, () => show(CENTRE));

  const swiping = {
    onPointerDown({ pointerType, clientX, clientY }: PointerEvent) {
      begun.current = isOpen && pointerType !== 'mouse' ? { x: clientX, y: clientY } : undefined;
    },
    onPointerUp({ clientX, clientY }: PointerEvent) {
      const [x, y] = [clientX - (begun.current?.x ?? clientX), clientY - (begun.current?.y ?? clientY)];
      begun.current = undefined;
      if (Math.abs(x) >= SWIPE && Math.abs(x) > Math.abs(y)) turn(x < 0 ? 1 : -1);
    },
    onPointerCancel() {
      begun.current = undefined;
    },
  };
  return { shown: isNarrow ? shown : undefined, isOpen, number: indexOf(shown) + 1, chart, show, turn, swiping };
}

export type ShownBlock = ReturnType<typeof useShownBlock>;
