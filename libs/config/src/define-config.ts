import type { ConfigOf, Settings } from './setting.js';

/** All settings of one service, or those that services share (prefix ''). */
export interface ConfigDefinition<T extends Settings = Settings> {
  readonly prefix: string;
  readonly settings: T;
}

/** The values of a definition. */
export type ValuesOf<D extends ConfigDefinition> = ConfigOf<D['settings']>;

/** Declares what a service reads: `defineConfig('parameters', { databaseUrl: setting(…) })`. */
export function defineConfig<const T extends Settings>(prefix: string, settings: T): ConfigDefinition<T> {
  return { prefix, settings };
}

/** `MUSTER_PARAMETERS_DATABASE_URL` for prefix `parameters` and name `databaseUrl`. */
export function variableOf(prefix: string, name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return ['MUSTER', prefix.replace(/-/g, '_'), words]
    .filter((part) => part !== '')
    .join('_')
    .toUpperCase();
}
