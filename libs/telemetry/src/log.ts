import { environment } from '@muster/config';
import { trace } from '@opentelemetry/api';
import { type Logger, type LoggerOptions, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

import { describeError } from './describe-error.js';
import { serviceName } from './service-name.js';
import { requestId } from './with-request.js';

export type { Logger } from 'pino';

const STDERR = 2;

let root: Logger | undefined;
let busyRoot: Logger | undefined;

/**
 * A logger of one part: JSON lines on stderr (readable ones on a terminal), with trace and request id by themselves.
 * Level: `MUSTER_LOG_LEVEL` (trace, debug, info, warn, error, silent).
 */
export function log(scope: string): Logger {
  root ??= pino(logOptions(environment()['MUSTER_LOG_LEVEL']), destination());
  return root.child({ scope });
}

/**
 * The same for a line that every call writes: lines are gathered for up to 100 ms, because a write for each of them takes
 * a quarter of a busy gateway's time. The end of the process writes them; what kill -9 can lose is those 100 ms.
 */
export function busyLog(scope: string): Logger {
  if (process.stderr.isTTY) return log(scope);
  busyRoot ??= pino(
    logOptions(environment()['MUSTER_LOG_LEVEL']),
    pino.destination({ fd: STDERR, sync: false, minLength: 8_192, periodicFlush: 100 }),
  );
  return busyRoot.child({ scope });
}

/** How lines are written; exported within this package for its spec. */
export function logOptions(level: string | undefined): LoggerOptions {
  return {
    level: level && (level === 'silent' || level in pino.levels.values) ? level : 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext();
      const service = serviceName();
      const request = requestId();
      return {
        ...(service ? { service } : {}),
        ...(request ? { requestId: request } : {}),
        ...(span && trace.isSpanContextValid(span) ? { traceId: span.traceId, spanId: span.spanId } : {}),
      };
    },
  };
}

// Synchronous: the last lines before a crash are the ones that matter.
function destination() {
  if (!process.stderr.isTTY) return pino.destination({ fd: STDERR, sync: true });
  return PinoPretty({ destination: STDERR, sync: true, ignore: 'pid,hostname,spanId', translateTime: 'HH:MM:ss.l' });
}
