import type { ConfigDefinition } from '@muster/config';
import type { Entity, Migration } from '@muster/persistence';
import type { Type } from '@nestjs/common';

/** What a service says about itself, once, on its module. */
export interface ServiceOptions {
  /** Folder, queue group, bus user and prefix of its variables. */
  readonly name: string;
  /** Its Postgres schema; a service without one has no database. */
  readonly schema?: string;
  readonly entities?: readonly Entity[];
  /** Oldest first. */
  readonly migrations?: readonly Migration[];
  /** Its own settings; injected under `CONFIG`. */
  readonly config?: ConfigDefinition;
  /** It talks to nodes: a second connection, inside account FLEET; injected as `Fleet`. */
  readonly fleet?: boolean;
  /** It is the gateway: it asks operations on behalf of callers. */
  readonly asksOperations?: boolean;
  /** Most connections to its Postgres, unless its settings say otherwise. Default 3; hot services 8. */
  readonly databasePool?: number;
  /** Most API calls that are worked on at once; as many again eight times may wait. */
  readonly concurrency?: number;
}

const SERVICE = Symbol('muster:service');

/** Marks the module of a service: its table of contents, which `startService` starts. */
export function Service(options: ServiceOptions): ClassDecorator {
  return (target) => Reflect.defineMetadata(SERVICE, options, target);
}

/** What the mark says. */
export function serviceOptions(module: Type): ServiceOptions {
  const options = Reflect.getMetadata(SERVICE, module) as ServiceOptions | undefined;
  if (!options) throw new TypeError(`${module.name} has no @Service: say its name, schema and settings there`);
  return options;
}
