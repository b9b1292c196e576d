import type { Pages } from '../hooks.ts';
import { useTexts } from '../i18n/context.tsx';
import { Button } from './basics.tsx';
import { ErrorNote } from './errors.tsx';

/** Below a list: loads its next page, where there is one. */
export function MorePages<Item>({ pages: { cursor, next } }: { pages: Pages<Item> }) {
  const { t } = useTexts();
  return (
    <>
      <ErrorNote error={next.error} />
      {cursor !== null && (
        <p className="more">
          <Button disabled={next.isRunning} onClick={() => next.run(cursor)}>
            {next.isRunning ? t.common.loading : t.common.more}
          </Button>
        </p>
      )}
    </>
  );
}
