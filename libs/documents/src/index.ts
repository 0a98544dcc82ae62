export * from './command-document.js';
export * from './parse-command-document.js';
export * from './parameter-definition.js';
export * from './check-parameters.js';
export * from './interpolate.js';
export * from './precondition.js';
export * from './execution-timeout.js';
export * from './built-in.js';
