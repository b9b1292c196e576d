const RADIUS = 15.5;
const LENGTH = 2 * Math.PI * RADIUS;

/** How much is done, as a ring with the number in it. @param label of what, for a screen reader */
export function Ring({ percentage, label }: { percentage: number; label: string }) {
  return (
    <span className="ring" role="img" aria-label={`${label}: ${percentage}%`}>
      <svg viewBox="0 0 36 36" aria-hidden="true">
        <circle className="ring-track" cx="18" cy="18" r={RADIUS} />
        <circle
          className="ring-done"
          cx="18"
          cy="18"
          r={RADIUS}
          strokeDasharray={LENGTH}
          strokeDashoffset={LENGTH * (1 - percentage / 100)}
        />
      </svg>
      <span aria-hidden="true">{percentage}%</span>
    </span>
  );
}
