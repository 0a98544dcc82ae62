export * from './accounts.js';
export * from './certificates.js';
export { CannotOpen, Envelope, type RootKey } from './envelope.js';
export * from './local-root-key.js';
export { decodeNatsJwt, type DecodedNatsJwt } from './nats-jwt.js';
export * from './node-messages.js';
export { createNkey, isPublicNkey, nkeyFromSeed, verifyNkey, type Nkey, type NkeyKind } from './nkey.js';
export * from './permissions.js';
export * from './users.js';
