import type { ComponentProps } from 'react';
import { useTexts } from '../i18n/context.tsx';
import { langOf } from '../i18n/own-text.ts';
import type { Phase } from '../run/cells.ts';
import { Icon } from './basics.tsx';

/** Some of a number of things. */
export interface Share {
  readonly count: number;
  readonly total: number;
}

/** What one of the 81 cells shows. */
export interface Cell {
  readonly kind: 'goal' | 'subGoal' | 'action' | 'empty';
  readonly text: string;
  /** Read by a screen reader in place of the text. */
  readonly label: string;
  readonly phase?: Phase;
  /** Its tasks that are done; the cell fills with them. */
  readonly done?: Share;
  readonly isHabit?: boolean;
  /** Identifies it for `selected` and `onSelect`; a cell without one cannot be chosen. */
  readonly id?: string;
}

interface CellViewProps extends ComponentProps<'button'> {
  readonly cell: Cell;
  readonly isChoice: boolean;
  /** Of a sub-goal that stands for its block: how many of its actions are ready. */
  readonly summary?: (Share & { readonly label: string }) | undefined;
}

/**
 * How much of it there is, as a bar along the bottom and in figures, which no screen reader reads: the label says it in words.
 * @param isTicked whether all of it is a tick
 */
function ShareMark({ count, total, isTicked }: Share & { isTicked: boolean }) {
  return (
    <>
      <span className="cell-share" style={{ inlineSize: `${(count / total) * 100}%` }} />
      {isTicked && count === total ? (
        <Icon name="saved" />
      ) : (
        <span className="cell-count" data-count={`${count}/${total}`} />
      )}
    </>
  );
}

/** The rest of the properties make a button of a cell that can be chosen. */
export function CellView({ cell, isChoice, summary, ...choice }: CellViewProps) {
  const { t } = useTexts();
  const { kind, text, label, phase, done, isHabit } = cell;
  const share = summary ?? done;
  const looks = {
    className: `cell cell-${kind}`,
    'data-phase': phase,
    'data-done': done && done.count === done.total ? '' : undefined,
  };
  const icon = phase ?? (isHabit ? 'habit' : undefined);
  const content = (
    <>
      {text !== '' && (
        <span className="cell-text" lang={langOf(text)}>
          {text}
        </span>
      )}
      {share !== undefined && <ShareMark {...share} isTicked={summary === undefined} />}
      {share === undefined && icon && <Icon name={icon} />}
    </>
  );
  if (!isChoice) {
    return (
      <div {...looks} aria-hidden={kind === 'empty' || undefined}>
        {content}
      </div>
    );
  }
  const words = [
    phase === undefined ? label : `${label}: ${t.phase[phase]}`,
    ...(done === undefined ? [] : [t.chart.done(done.count, done.total)]),
    ...(summary === undefined ? [] : [summary.label]),
  ];
  return (
    <button {...looks} {...choice} type="button" aria-label={words.join(', ')} title={text}>
      {content}
    </button>
  );
}
