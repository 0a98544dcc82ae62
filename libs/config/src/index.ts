export { z } from 'zod';
export * from './config-token.js';
export * from './define-config.js';
export * from './describe-config.js';
export { effective } from './effective.js';
export * from './environment.js';
export * from './read-config.js';
export * from './setting.js';
