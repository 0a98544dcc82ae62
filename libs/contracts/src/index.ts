export * from './subjects.js';
export * from './cloud-event.js';
export * from './events/commands.js';
export * from './events/registry.js';
export * from './generated/muster/agent/v1/node_pb.js';
export * from './generated/muster/identity/v1/identity_pb.js';
export * from './generated/muster/parameters/v1/parameters_pb.js';
export * from './generated/muster/registry/v1/registry_pb.js';
