const RADIUS = 15.5;
const LENGTH = 2 * Math.PI * RADIUS;

/**
 * How much is done, as a ring with the number in it.
 * @param percentage undefined while it is not known
 * @param label of what, for a screen reader
 */
export function Ring({ percentage, label }: { percentage: number | undefined; label: string }) {
  const text = percentage === undefined ? '…' : `${percentage}%`;
  return (
    <span className="ring" role="img" aria-label={`${label}: ${text}`}>
      <svg viewBox="0 0 36 36" aria-hidden="true">
        <circle className="ring-track" cx="18" cy="18" r={RADIUS} />
        <circle
          className="ring-done"
          cx="18"
          cy="18"
          r={RADIUS}
          strokeDasharray={LENGTH}
          strokeDashoffset={LENGTH * (1 - (percentage ?? 0) / 100)}
        />
      </svg>
      <span aria-hidden="true">{text}</span>
    </span>
  );
}
