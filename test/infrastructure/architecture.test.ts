import { expect } from 'chai';
import { ARROWS } from '../../scripts/architecture/arrows.ts';
import { BOXES } from '../../scripts/architecture/picture.ts';
import { renderArchitecture } from '../../scripts/architecture/render.ts';
import { boxesCalledBy, functionGroups } from '../../scripts/architecture/system.ts';
import { ofType, parseDocument } from '../../scripts/policy/document.ts';
import { read } from '../documents.ts';
import { bare, dev, full, prod, synthesizeBootstrap } from './synthesized.ts';

const stages = { dev, prod, full, bare };
const documents = Object.entries({ ...stages, bootstrap: synthesizeBootstrap('prod') }).map(
  ([name, json]) => [name, parseDocument(json)] as const,
);
const document = parseDocument(prod);
const groups = functionGroups(document);
/** The boxes that list functions, with these. */
const listing = BOXES.flatMap(({ id, lines }) =>
  typeof lines === 'string' ? [{ id, lines, functions: groups[lines] }] : [],
);

/** The boxes that stand for a resource. */
function boxesOf(address: string): readonly string[] {
  const isOf = (name: string) => address.includes(`.${name.replaceAll('-', '_')}_`);
  const named = listing.filter(
    ({ functions }) =>
      /^aws_(lambda_(function|alias)|iam_role\w*|cloudwatch_log_group)\./.test(address) && functions.some(isOf),
  );
  // A role of a function is the function's, and no other role is beside the one of the state machine and those for GitHub.
  if (named.length > 0) return named.map(({ id }) => id);
  return BOXES.filter(({ resources }) => resources?.test(address)).map(({ id }) => id);
}

const targetsOf = (box: string) => ARROWS.filter(({ from }) => from === box).map(({ to }) => to);

describe('picture of the architecture', () => {
  for (const [name, { resources }] of documents) {
    it(`has one box for each resource of ${name}`, () => {
      const wrong = resources
        .map(({ address }) => [address, boxesOf(address)] as const)
        .filter(([, boxes]) => boxes.length !== 1);
      expect(wrong).to.deep.equal([]);
    });
  }

  it('lists each function once', () => {
    const names = ofType(document, 'aws_lambda_function').map(({ of }) =>
      String(of.function_name).replace('goal-activity-prod-', ''),
    );
    expect(listing.flatMap(({ functions }) => functions)).to.have.members(names);
  });

  for (const { id, functions } of listing) {
    it(`has an arrow from ${id} to whatever its functions may call, and no other`, () => {
      expect(targetsOf(id).toSorted()).to.deep.equal(boxesCalledBy(document, functions));
    });
  }

  it('has arrows that begin and end at the edges of their boxes', () => {
    for (const { from, to, path } of ARROWS) {
      for (const [id, point] of [
        [from, path.split(' ')[0]],
        [to, path.split(' ').at(-1)],
      ] as const) {
        const [x, y, width, height] = BOXES.find((box) => box.id === id)?.place ?? [0, 0, 0, 0];
        const [px = -1, py = -1] = point?.split(',').map(Number) ?? [];
        const isAtSide = (px === x || px === x + width) && py > y && py < y + height;
        const isAtTop = (py === y || py === y + height) && px > x && px < x + width;
        expect(isAtSide || isAtTop, `${from} to ${to} at ${id}`).to.equal(true);
      }
    }
  });

  it('has texts that fit into their boxes', () => {
    for (const { title, lines, place } of BOXES) {
      const [, , width, height] = place;
      const shown = typeof lines === 'string' ? groups[lines] : lines;
      // Widths of letters in a wide typeface, 12 and 14 px.
      expect(title.length * 8.4, title).to.be.lessThan(width - 12);
      for (const line of shown) expect(line.length * 6.4, line).to.be.lessThan(width - 12);
      if (shown.length > 0) expect(43 + 17 * (shown.length - 1), title).to.be.lessThan(height - 4);
    }
  });

  it('is drawn from what is synthesized now: run make picture', () => {
    expect(read('docs/architecture.svg')).to.equal(renderArchitecture(document));
  });
});
