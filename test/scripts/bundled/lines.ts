/** Log lines of each level. See ../replacements.test.ts. */
import { createLog, errorFields } from '@goal-activity/core/log/logger.ts';

const log = createLog('name', process.stdout, 'info');
log.debug('is not shown');
log.info('an é, a %s and a %d', { goalId: 'g', invalidPaths: ['/a'] });
log.warn('warned');
log.error('failed', { ...errorFields(new TypeError('broken')), stack: 's' });
