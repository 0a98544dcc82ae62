/** A user's pattern as JavaScript compiles it. */
export interface CompilablePattern {
  readonly source: string;
  readonly flags: string;
}

/**
 * Patterns come in Java's syntax and must match the whole value. What differs most often is translated: leading flags
 * (`(?i)`), `\A`, `\z` and `\Z`. Unicode classes (`\p{L}`) need the `u` flag, under which some others would not compile.
 */
export function compilable(pattern: string): CompilablePattern {
  const [leading = '', flags = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  const rest = pattern
    .slice(leading.length)
    .replace(/\\\\|\\A|\\[zZ]/g, (found) => (found === '\\\\' ? found : found === '\\A' ? '^' : '$'));
  const unicode = /\\[pP]\{/.test(rest) ? 'u' : '';
  return { source: `^(?:${rest})$`, flags: [...new Set(flags)].join('') + unicode };
}
