import { join } from 'node:path';

import { onSomePort } from './free-port.js';
import { planNats, type PlanNats } from './nats-plan.js';
import { startServer, type RunningServer } from './start-server.js';

export interface RunningNats extends RunningServer {
  readonly url: string;
  readonly port: number;
}

/** Starts a broker. @param how without `port` one that is free is taken */
export async function startNats(how: Omit<PlanNats, 'port'> & { readonly port?: number }): Promise<RunningNats> {
  return onSomePort(how.port, async (port) => {
    const plan = planNats({ ...how, port });
    const server = await startServer(plan, { logFile: join(how.folder, 'nats-server.log') });
    return { ...server, url: plan.url, port };
  });
}
