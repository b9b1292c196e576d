/** Where something is on the screen; a `DOMRect` is one. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const DIRECTIONS: Readonly<Record<string, { readonly isRow: boolean; readonly sign: 1 | -1 }>> = {
  ArrowUp: { isRow: false, sign: -1 },
  ArrowDown: { isRow: false, sign: 1 },
  ArrowLeft: { isRow: true, sign: -1 },
  ArrowRight: { isRow: true, sign: 1 },
};

/** Centre and size of a box in the direction of a row, or of a column. */
const along = ({ left, top, width, height }: Box, isRow: boolean) =>
  isRow ? { centre: left + width / 2, size: width } : { centre: top + height / 2, size: height };

/**
 * The box that an arrow key leads to: the nearest one in its direction and, if there are some, in line with `from`.
 * @param key as of a keyboard event
 * @returns its index; undefined at the edge, and -1 for a key that is no arrow
 */
export function neighbourOf(key: string, from: Box, boxes: readonly Box[]): number | undefined {
  const direction = DIRECTIONS[key];
  if (direction === undefined) return -1;
  const { isRow, sign } = direction;
  const ranked = boxes.flatMap((box, index) => {
    const [here, there] = [along(from, isRow), along(box, isRow)];
    const ahead = (there.centre - here.centre) * sign;
    // It begins where this one ends, give or take a rounded pixel.
    if (ahead < (here.size + there.size) / 2 - 1) return [];
    const [across, acrossThere] = [along(from, !isRow), along(box, !isRow)];
    const aside = Math.abs(acrossThere.centre - across.centre);
    return [{ index, ahead, aside, isAside: aside >= (across.size + acrossThere.size) / 2 }];
  });
  ranked.sort((a, b) => Number(a.isAside) - Number(b.isAside) || a.ahead + a.aside - (b.ahead + b.aside));
  return ranked[0]?.index;
}
