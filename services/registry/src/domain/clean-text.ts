/**
 * A text that a node said about itself, fit to be stored: without control characters (Postgres refuses NUL, and one
 * node's rubbish must not fail the batch of a thousand), cut to a length; undefined when nothing is left.
 */
export function cleanText(text: string | undefined, max: number): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what is removed
  const clean = text?.replace(/[\u0000-\u001f\u007f]/g, '').trim();
  if (!clean) return undefined;
  // Cut at a character, not in the middle of one.
  return Array.from(clean).slice(0, max).join('');
}
