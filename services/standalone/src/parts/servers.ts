import { planNats, planPostgres, type ServerPlan } from '@muster/embedded';

import type { ChildPlan } from '../process/supervised-child.js';
import { type StopPlan, stopRank } from '../process/child-record.js';
import { type KindOfChild, runs } from '../process/left-overs.js';

const readyWithinMs = 60_000;
// The broker tells its clients that it goes before it does.
const stopBroker = { rank: stopRank.broker, signal: 'SIGTERM', graceMs: 10_000 } as const;
// SIGINT: open sessions are ended, what is written is synced.
const stopDatabase = { rank: stopRank.database, signal: 'SIGINT', graceMs: 20_000 } as const;

/** How a broker and a database left by a killed supervisor are recognised: by the folders that they work on. */
export function kindsOfServer(folders: { nats: string; postgresData: string | undefined }): KindOfChild[] {
  const { nats, postgresData } = folders;
  return [
    { name: 'nats', recognise: runs('nats-server', `${nats}/nats-server.conf`), stop: stopBroker },
    ...(postgresData ? [kindOfPostgres(postgresData)] : []),
  ];
}

function kindOfPostgres(dataFolder: string): KindOfChild {
  return {
    name: 'postgres',
    recognise: runs('postgres', dataFolder),
    stop: { ...stopDatabase, alsoWorkingIn: dataFolder },
  };
}

/** The broker as a child. */
export function brokerChild(how: Parameters<typeof planNats>[0]): { child: ChildPlan; url: string } {
  const plan = planNats(how);
  return { child: child('nats', plan, stopBroker), url: plan.url };
}

/** The database as a child; its backends, each a session of its own, are known by its data folder. */
export function databaseChild(...how: Parameters<typeof planPostgres>): { child: ChildPlan; adminUrl: string } {
  const plan = planPostgres(...how);
  return {
    child: child('postgres', plan, { ...stopDatabase, alsoWorkingIn: plan.dataFolder }),
    adminUrl: plan.adminUrl,
  };
}

function child(name: string, plan: ServerPlan, stop: StopPlan): ChildPlan {
  return {
    name,
    stop,
    launch: () => plan.launch,
    ready: (started, gone) => plan.ready(started.pid!, AbortSignal.any([gone, AbortSignal.timeout(readyWithinMs)])),
  };
}
