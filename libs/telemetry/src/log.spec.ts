import { pino } from 'pino';

import { logOptions } from './log.js';
import { withRequest } from './with-request.js';
import { withSpan } from './with-span.js';

function aLogger(level?: string) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino(logOptions(level), { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
  return { logger, lines };
}

describe('a log line', () => {
  it('carries the trace and the request by itself', async () => {
    const { logger, lines } = aLogger();
    await withRequest('request-1', () => withSpan('ssm.PutParameter', {}, () => logger.info('put')));
    logger.info('outside');
    expect(lines[0]).toMatchObject({
      level: 'info',
      msg: 'put',
      requestId: 'request-1',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(lines[1]).not.toHaveProperty('traceId');
    expect(lines[1]).not.toHaveProperty('requestId');
  });

  it('shows an error with its causes, but not the values that drivers attach', () => {
    const { logger, lines } = aLogger();
    const driver = Object.assign(new Error('duplicate key'), {
      code: '23505',
      parameters: ['hunter2'],
      detail: 'hunter2',
    });
    logger.error({ err: new Error('could not put', { cause: driver }) }, 'failed');
    expect(lines[0]).toMatchObject({
      err: { message: 'could not put', cause: { message: 'duplicate key', code: '23505' } },
    });
    expect(JSON.stringify(lines[0])).not.toContain('hunter2');
  });

  it('takes an unknown level for info', () => {
    const { logger, lines } = aLogger('loud');
    logger.debug('quiet');
    logger.info('heard');
    expect(lines).toHaveLength(1);
  });
});
