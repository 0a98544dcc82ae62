import { environment } from '@muster/config';

/** Settings of the agent itself are no business of scripts; some are secret. */
const ownNames = /^(MUSTER_|OTEL_|NODE_|npm_)/;

/** What scripts inherit from the agent's environment. */
export function scriptEnvironment(from = environment()): Readonly<Record<string, string>> {
  const entries = Object.entries(from).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !ownNames.test(entry[0]),
  );
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...Object.fromEntries(entries) };
}
