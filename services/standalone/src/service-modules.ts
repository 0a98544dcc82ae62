import { serviceOptions, type startService } from '@muster/bus';

/** What `startService` starts. */
export type ServiceModule = Parameters<typeof startService>[0];

// One line for each service: the only place of the workspace that knows them all.
const modules: Readonly<Record<string, () => Promise<object>>> = {
  gateway: () => import('@muster/gateway/module'),
  identity: () => import('@muster/identity/module'),
  registry: () => import('@muster/registry/module'),
  parameters: () => import('@muster/parameters/module'),
  commands: () => import('@muster/commands/module'),
  events: () => import('@muster/events/module'),
};

/** All services, the gateway first. */
export const serviceNames: readonly string[] = Object.keys(modules);

/** Loads the module class of a service: the one that its `module.ts` marks with `@Service`. */
export async function serviceModule(name: string): Promise<ServiceModule> {
  const load = modules[name];
  if (!load) throw new Error(`there is no service ${name}; there are ${serviceNames.join(', ')}`);
  const marked = Object.values(await load()).filter(isMarked);
  if (marked.length !== 1)
    throw new Error(`@muster/${name}/module exports ${marked.length} classes with @Service: it must be one`);
  return marked[0]!;
}

function isMarked(value: unknown): value is ServiceModule {
  if (typeof value !== 'function') return false;
  try {
    serviceOptions(value as ServiceModule);
    return true;
  } catch {
    return false;
  }
}
