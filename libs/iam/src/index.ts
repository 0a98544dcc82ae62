export * from './arn.js';
export * from './caller.js';
export * from './decide.js';
export { MalformedPolicy } from './malformed-policy.js';
export { parsePolicy } from './parse-policy.js';
export * from './policy.js';
export * from './request-tags.js';
