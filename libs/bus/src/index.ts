export * from './bus.js';
export * from './call.js';
export * from './doors.js';
export * from './marks.js';
export * from './valid.js';
