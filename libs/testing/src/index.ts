export { ensureAwsClients, type AwsClients } from './aws-clients.js';
export * from './a-node.js';
export * from './arrivals.js';
export * from './builders/a-parameter.js';
export { leftOut } from './left-out.js';
export * from './own-servers.js';
export { testDatabase, type TestDatabase, type TestSchema } from './test-database.js';
export * from './test-deployment.js';
export { testServers, type TestNats, type TestPostgres, type TestServers } from './test-servers.js';
