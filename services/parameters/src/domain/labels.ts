/** Labels that one version can have. */
export const LABELS_MAX = 10;

/**
 * Tells labels that can be given from those that cannot, each once: letters, digits and `.-_`, and neither a digit nor,
 * in whichever case, "aws" or "ssm" at the beginning.
 */
export function sortLabels(labels: readonly string[]): { wellFormed: string[]; malformed: string[] } {
  const each = [...new Set(labels)];
  return { wellFormed: each.filter(isLabel), malformed: each.filter((label) => !isLabel(label)) };
}

function isLabel(text: string): boolean {
  return /^(?!\d|aws|ssm)[a-z0-9_.-]{1,100}$/i.test(text);
}
