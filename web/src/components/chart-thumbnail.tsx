import { CENTRE, SIDE } from '../mandala/layout.ts';

const PLACES = Array.from({ length: SIDE * SIDE }, (_, place) => place);
/** Of a cell, and of the gap between two blocks. */
const [SIZE, GAP] = [10, 1.5];

function kindOf(block: number, place: number) {
  if (block === CENTRE && place === CENTRE) return 'goal';
  return block === CENTRE || place === CENTRE ? 'sub' : 'act';
}

/** A chart without words. */
export function ChartThumbnail() {
  const at = (block: number, place: number) => block * (SIDE * SIZE + GAP) + place * SIZE;
  return (
    <svg className="thumbnail" viewBox="0 0 93 93" aria-hidden="true">
      {PLACES.flatMap((block) =>
        PLACES.map((place) => (
          <rect
            key={`${block}.${place}`}
            className={kindOf(block, place)}
            x={at(block % SIDE, place % SIDE)}
            y={at(Math.floor(block / SIDE), Math.floor(place / SIDE))}
            width="8.6"
            height="8.6"
            rx="1.8"
          />
        )),
      )}
    </svg>
  );
}
