import type { Filling } from '../mandala/draft.ts';
import { CENTRE, indexOf, SIDE } from '../mandala/layout.ts';

const PLACES = Array.from({ length: SIDE * SIDE }, (_, place) => place);
/** Of a cell, and of the gap between two blocks. */
const [SIZE, GAP] = [10, 1.5];

function isFilled({ goal, blocks }: Filling, block: number, place: number): boolean {
  if (block === CENTRE && place === CENTRE) return goal !== undefined && goal !== '';
  const { title, actions } = blocks[indexOf(block === CENTRE ? place : block)] ?? {};
  return Boolean(block === CENTRE || place === CENTRE ? title : actions?.[indexOf(place)]);
}

/** A chart too small for words. @param filling which cells are filled; without it all are */
export function ChartThumbnail({ filling }: { filling?: Filling }) {
  const at = (block: number, place: number) => block * (SIDE * SIZE + GAP) + place * SIZE;
  return (
    <svg className="thumbnail" viewBox="0 0 93 93" aria-hidden="true">
      {PLACES.flatMap((block) =>
        PLACES.map((place) => {
          const kind =
            block === CENTRE && place === CENTRE ? 'goal' : block === CENTRE || place === CENTRE ? 'sub' : 'act';
          const [x, y] = [at(block % SIDE, place % SIDE), at(Math.floor(block / SIDE), Math.floor(place / SIDE))];
          const isEmpty = filling !== undefined && !isFilled(filling, block, place);
          return (
            <rect
              key={`${block}.${place}`}
              className={isEmpty ? 'none' : kind}
              x={x}
              y={y}
              width="8.6"
              height="8.6"
              rx="1.8"
            />
          );
        }),
      )}
    </svg>
  );
}
