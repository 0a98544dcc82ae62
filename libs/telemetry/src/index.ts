export * from './describe-error.js';
export { busyLog, log, type Logger } from './log.js';
export * from './nest-logger.js';
export { inService } from './service-name.js';
export * from './start-telemetry.js';
export * from './trace-context.js';
export * from './with-request.js';
export * from './with-span.js';
