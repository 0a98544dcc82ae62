const MOST_CHARACTERS = 1_000;

/** A text that a node sent, fit to be kept: Postgres refuses NUL, and one node's rubbish must not fail a batch of many. */
export function nodeText(text: string, most = MOST_CHARACTERS): string {
  return text.slice(0, most).replaceAll('\0', '\ufffd');
}
