export * from './arn.js';
export * from './caller.js';
export * from './decide.js';
export * from './parse-policy.js';
export * from './policy.js';
export * from './wildcard.js';
