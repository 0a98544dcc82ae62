/** The oldest server that carries Muster at all. */
const FLOOR = '2.9.10';

/** What a server that is older than wanted lacks, from the newest to the oldest. */
const LACKS: readonly (readonly [before: string, what: string])[] = [
  ['2.12.0', 'recommended is 2.12 or newer: older ones get no fixes any more'],
  [
    '2.10.27',
    'no `sync_interval: always` (a power cut can lose two minutes of the streams; the outboxes fill them again)',
  ],
  ['2.10.0', 'requests to subjects that nobody hears time out across accounts instead of being refused at once'],
];

/**
 * What is missing on a server of this version; empty for a recent one.
 * @throws Error when the server is too old to carry the bus
 */
export function missingOn(version: string): string[] {
  if (isOlder(version, FLOOR))
    throw new Error(`nats-server ${version} is too old: ${FLOOR} is the oldest that works, 2.12 is recommended`);
  return LACKS.filter(([before]) => isOlder(version, before)).map(([, what]) => what);
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [numbers(version), numbers(than)];
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}

function numbers(version: string): number[] {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (!match) throw new Error(`"${version}" is no version of a nats-server`);
  return match.slice(1).map(Number);
}
