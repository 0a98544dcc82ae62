/**
 * The problem that a line of a child's log tells, in one line for the terminal; undefined for lines that tell none.
 * Knows the three forms that are written here: pino's JSON, nats-server's `[ERR]`, PostgreSQL's `FATAL:`.
 */
export function problemInLog(line: string): string | undefined {
  const problem = line.startsWith('{') ? inJson(line) : inText(line);
  return problem && (problem.length > 300 ? `${problem.slice(0, 297)}...` : problem);
}

const serious = ['error', 'fatal'];

function inJson(line: string): string | undefined {
  try {
    const { level, msg, err } = JSON.parse(line) as { level?: string; msg?: string; err?: { message?: string } };
    if (!serious.includes(level ?? '')) return undefined;
    return [msg, err?.message].filter((text, index, all) => text && all.indexOf(text) === index).join(': ') || line;
  } catch {
    return undefined;
  }
}

/** A server that starts or ends turns connections away, clients go: what is then tried again is no problem. */
const ofComingAndGoing =
  /TLS handshake error: EOF|the database system is (starting up|shutting down|in recovery)|terminating connection due to (administrator command|unexpected postmaster exit)/;

function inText(line: string): string | undefined {
  if (ofComingAndGoing.test(line)) return undefined;
  const [, nats] = /\[(?:ERR|FTL)\] (.+)$/.exec(line) ?? [];
  if (nats) return nats;
  const [, postgres] = /\b((?:FATAL|PANIC): .+)$/.exec(line) ?? [];
  if (postgres) return postgres;
  return /^(?:Uncaught )?\w*Error\b.*: /.test(line) ? line : undefined; // Node's last words
}
