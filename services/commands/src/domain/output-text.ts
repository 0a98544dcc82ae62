/** Characters of stdout and stderr that GetCommandInvocation shows. */
export const SHOWN_STDOUT = 24_000;
export const SHOWN_STDERR = 8_000;
/** Characters of both that a list shows, and of TraceOutput. */
export const SHOWN_IN_LISTS = 2_500;

/** The first characters (code points, so that none is halved) of what a script wrote. */
export function firstCharacters(bytes: Uint8Array, characters: number): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  // Code points are at most as many as code units.
  return text.length <= characters ? text : [...text].slice(0, characters).join('');
}

const ERROR_TITLE = '\n----------ERROR-------\n';
const TRUNCATED = '\n---Output truncated---';

/** Both streams as AWS's lists show them: stdout, then stderr under a title, cut with a line that says so. */
export function listOutput(stdout: Uint8Array, stderr: Uint8Array): string {
  const errors = stderr.length > 0 ? ERROR_TITLE + firstCharacters(stderr, SHOWN_IN_LISTS + 1) : '';
  const whole = [...(firstCharacters(stdout, SHOWN_IN_LISTS + 1) + errors)];
  if (whole.length <= SHOWN_IN_LISTS) return whole.join('');
  return whole.slice(0, SHOWN_IN_LISTS - TRUNCATED.length).join('') + TRUNCATED;
}

/** What the script wrote to stderr, then why the invocation stands as it does, where the status alone does not say it. */
export function withReason(stderr: string, reason: string): string {
  if (!reason) return stderr;
  const line = `[muster] ${reason}`;
  const room = SHOWN_STDERR - line.length - 1;
  if (stderr === '') return line;
  return `${stderr.length > room ? stderr.slice(0, Math.max(0, room)) : stderr}\n${line}`;
}
