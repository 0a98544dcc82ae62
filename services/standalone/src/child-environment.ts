import type { Environment } from '@muster/config';

const passed = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'TZ',
  'TMPDIR',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
]);
const passedPrefixes = ['LC_', 'OTEL_', 'MUSTER_'];

/**
 * What children see of the surroundings in which Muster was started: settings of Muster, telemetry, language. Not the
 * user's own secrets (cloud keys, tokens), and nothing of npm.
 */
export function childEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && (passed.has(name) || passedPrefixes.some((prefix) => name.startsWith(prefix)))
        ? [[name, value]]
        : [],
    ),
  );
}
