import { useTexts } from '../i18n/context.tsx';
import { PHASES, type Phase } from '../run/cells.ts';
import { Icon } from './basics.tsx';

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
