import { type ConfigDefinition, variableOf } from './define-config.js';

/** Where a configuration came from, so that it can be shown without its secrets. */
export const definitions = new WeakMap<object, ConfigDefinition>();

/**
 * What a configuration says, by variable, for a person: secrets are `<set>` or `<not set>`, and passwords in URLs are gone.
 * @param config as `readConfig` gave it
 */
export function effective(config: object): Record<string, unknown> {
  const definition = definitions.get(config);
  if (!definition) throw new TypeError('effective() shows what readConfig() gave');

  const shown: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(definition.settings)) {
    const value = (config as Record<string, unknown>)[name];
    shown[variableOf(definition.prefix, name)] = each.secret ? (value ? '<set>' : '<not set>') : withoutPassword(value);
  }
  return shown;
}

function withoutPassword(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/(\w+:\/\/[^:/@\s]*):[^@\s]*@/g, '$1:<set>@') : value;
}
