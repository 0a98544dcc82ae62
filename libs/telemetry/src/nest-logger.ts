import { log } from './log.js';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** What Nest asks of a logger (its `LoggerService`, without depending on it). */
export interface NestLogger {
  log(message: unknown, ...rest: unknown[]): void;
  error(message: unknown, ...rest: unknown[]): void;
  warn(message: unknown, ...rest: unknown[]): void;
  debug(message: unknown, ...rest: unknown[]): void;
  verbose(message: unknown, ...rest: unknown[]): void;
  fatal(message: unknown, ...rest: unknown[]): void;
}

/** Nest's own lines go where ours go. Its lines of the start (one a module and route) are for debugging. */
export function nestLogger(): NestLogger {
  const write =
    (level: Level) =>
    (message: unknown, ...rest: unknown[]) => {
      // Nest appends the context last, and a stack before it.
      const context = rest.findLast((each) => typeof each === 'string');
      const logger = log(context === undefined ? 'nest' : `nest.${context}`);
      if (message instanceof Error) logger[level]({ err: message }, message.message);
      else logger[level](typeof message === 'string' ? message : JSON.stringify(message));
    };
  return {
    log: write('debug'),
    error: write('error'),
    warn: write('warn'),
    debug: write('debug'),
    verbose: write('trace'),
    fatal: write('fatal'),
  };
}
