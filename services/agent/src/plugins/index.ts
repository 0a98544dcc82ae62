import { runShellScript } from './aws-run-shell-script/plugin.js';
import type { Plugin } from './plugin.js';

/** The plugins that work on a platform, by name. */
export function pluginsFor(platformType: string): ReadonlyMap<string, Plugin> {
  const all = [runShellScript] as readonly Plugin[];
  const usable = all.filter(({ platforms }) => (platforms as readonly string[]).includes(platformType));
  return new Map(usable.map((plugin) => [plugin.name, plugin]));
}
