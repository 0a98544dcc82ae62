import { CONFIG } from '@muster/config';
import {
  Clock,
  Database,
  DeadLetters,
  Ids,
  Inbox,
  type Persistence,
  RandomIds,
  SystemClock,
  UnitOfWork,
} from '@muster/persistence';
import {
  type DynamicModule,
  type InjectionToken,
  Module,
  type Provider,
  type Type,
  type ValueProvider,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DataSource } from 'typeorm';

import { ApiCalls } from './api-calls.js';
import { Authority } from './authority.js';
import { BusConnection } from './bus-connection.js';
import { Bus, Fleet } from './bus.js';
import { EncryptionKeys } from './encryption-keys.js';
import { CallSeals } from './call-seals.js';
import { KnownOperations } from './operations-bucket.js';
import { SweepWaker } from './sweep-waker.js';

/** Under this token the regions of the deployment are injected. */
export const REGIONS = Symbol('muster:regions');

/** What a service finds around itself, made before its module. */
export interface Surroundings {
  readonly core: BusConnection;
  readonly bus: Bus;
  readonly fleet?: Fleet | undefined;
  readonly persistence?: Persistence | undefined;
  readonly authority: Authority;
  readonly encryptionKeys: EncryptionKeys;
  readonly waker: SweepWaker;
  /** Of the gateway. */
  readonly callerSecret?: Uint8Array | undefined;
  readonly config: object;
  readonly regions: readonly string[];
}

@Module({})
class SurroundingsModule {}

@Module({ imports: [DiscoveryModule] })
class Root {}

/** The service's module with its surroundings in every constructor's reach. */
export function rootOf(module: Type, around: Surroundings): DynamicModule {
  const providers = providersOf(around);
  const surroundings: DynamicModule = {
    module: SurroundingsModule,
    global: true,
    providers,
    exports: providers.map((each) => (each as ValueProvider).provide),
  };
  return { module: Root, imports: [surroundings, module] };
}

function providersOf(around: Surroundings): Provider[] {
  const { core, persistence } = around;
  const known = new KnownOperations(core);
  const clock = persistence?.clock ?? new SystemClock();
  const values: [token: InjectionToken, value: unknown][] = [
    [Bus, around.bus],
    [BusConnection, core],
    [KnownOperations, known],
    [ApiCalls, new ApiCalls(core, known, new CallSeals(around.callerSecret))],
    [Authority, around.authority],
    [EncryptionKeys, around.encryptionKeys],
    [SweepWaker, around.waker],
    [Clock, clock],
    [Ids, persistence?.ids ?? new RandomIds(clock)],
    [CONFIG, around.config],
    [REGIONS, around.regions],
  ];
  if (around.fleet) values.push([Fleet, around.fleet]);
  if (persistence) {
    values.push(
      [Database, persistence.database],
      [UnitOfWork, persistence.unitOfWork],
      [DataSource, persistence.dataSource],
    );
    values.push([Inbox, persistence.inbox], [DeadLetters, persistence.deadLetters]);
  }
  return values.map(([provide, useValue]) => ({ provide, useValue }));
}
