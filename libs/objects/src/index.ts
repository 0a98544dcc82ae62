export * from './nats-object-store.js';
export * from './object-key.js';
export * from './object-store.js';
