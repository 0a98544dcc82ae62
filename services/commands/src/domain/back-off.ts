const FIRST_MS = 5_000;
const LONGEST_MS = 5 * 60_000;

/** How long to leave a node alone after this many attempts. Its hello ends the wait at once: this is only the rescue. */
export function backOffMs(attempts: number): number {
  return Math.min(FIRST_MS * 2 ** Math.max(0, Math.min(attempts, 20) - 1), LONGEST_MS);
}
