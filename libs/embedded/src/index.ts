export * from './deployment.js';
export * from './ensure-nats-server.js';
export { freePort } from './free-port.js';
export type { Launch, ServerPlan } from './launch.js';
export { BrokerTooOld, lastNatsVersion, planNats, type NatsPlan, type PlanNats } from './nats-plan.js';
export { dropStaleLock, planPostgres, type PlanPostgres, type PostgresPlan } from './plan-postgres.js';
export { NoPostgres } from './postgres-binaries.js';
export {
  PostgresRefused,
  postgresFolder,
  preparePostgres,
  type PreparedPostgres,
  type PreparePostgres,
} from './prepare-postgres.js';
export * from './push-accounts.js';
export { runTool, ToolFailed, type RunTool } from './run-tool.js';
export * from './server-certificate.js';
export * from './service-environment.js';
export { databaseUrl, serviceDatabaseUrl, setUpDatabase, type SetUpDatabase } from './set-up-database.js';
export * from './start-nats.js';
export * from './start-postgres.js';
export { ServerFailed, type RunningServer } from './start-server.js';
