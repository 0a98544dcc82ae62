import { join } from 'node:path';

import { onSomePort } from './free-port.js';
import { dropStaleLock, planPostgres, type PlanPostgres } from './plan-postgres.js';
import type { PreparedPostgres } from './prepare-postgres.js';
import { startServer, type RunningServer } from './start-server.js';

export interface RunningPostgres extends RunningServer {
  readonly adminUrl: string;
  readonly port: number;
}

export interface StartPostgres extends Omit<PlanPostgres, 'port'> {
  /** Without one, a free one is taken. */
  readonly port?: number;
}

/** Starts a prepared cluster. */
export async function startPostgres(prepared: PreparedPostgres, how: StartPostgres = {}): Promise<RunningPostgres> {
  return onSomePort(how.port, async (port) => {
    const plan = planPostgres(prepared, { ...how, port });
    dropStaleLock(prepared.dataFolder);
    const logFile = join(prepared.home, 'logs', 'postgres.log');
    // SIGINT: open sessions are ended and everything is written.
    const server = await startServer(plan, { logFile, stopSignal: 'SIGINT' });
    return { ...server, adminUrl: plan.adminUrl, port };
  });
}
