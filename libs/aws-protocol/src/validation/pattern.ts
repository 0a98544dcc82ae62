/**
 * Patterns of the models that backtrack without end on hostile values, by their text, and an expression for the same
 * language that does not. The spec beside this file attacks every pattern of every model.
 */
const tamed: Readonly<Record<string, string>> = {
  // events, AuthHeaderParameters: the class in the middle holds the blank that separates its repetitions.
  '^[ \\t]*[^\\x00-\\x1F:\\x7F]+([ \\t]+[^\\x00-\\x1F:\\x7F]+)*[ \\t]*$':
    '^[^\\x00-\\x08\\x0A-\\x1F:\\x7F]*[^\\x00-\\x1F:\\x7F][^\\x00-\\x08\\x0A-\\x1F:\\x7F]*$',
  // events, HeaderValue: the same.
  '^[ \\t]*[\\x20-\\x7E]+([ \\t]+[\\x20-\\x7E]+)*[ \\t]*$': '^[\\t\\x20-\\x7E]*[\\x20-\\x7E][\\t\\x20-\\x7E]*$',
};

const javaEscapes: readonly (readonly [RegExp, string])[] = [
  [/\\p\{Alnum\}/g, 'a-zA-Z0-9'],
  [/\\p\{Alpha\}/g, 'a-zA-Z'],
  [/\\p\{Digit\}/g, '0-9'],
  [/\\p\{Graph\}/g, '\\x21-\\x7E'],
  [/\\p\{Print\}/g, '\\x20-\\x7E'],
  [/\\p\{ASCII\}/g, '\\x00-\\x7F'],
  [/\\p\{(?:Is|In)?(L|M|N|P|S|Z|C)\}/g, '\\p{$1}'],
  [/\\A/g, '^'],
  [/\\[zZ]/g, '$'],
];

/**
 * Compiles a pattern of a model. AWS matches the whole value; many patterns say so only in part, hence `^(?:P)$`.
 * The `u` flag breaks ten of the patterns and is needed by those with `\p{`.
 */
export function compilePattern(pattern: string): RegExp {
  let source = tamed[pattern] ?? pattern;
  let flags = '';
  if (source.startsWith('(?i)')) {
    source = source.slice(4);
    flags = 'i';
  }
  for (const [java, ours] of javaEscapes) source = source.replace(java, ours);
  if (source.includes('\\p{')) flags += 'u';
  return new RegExp(`^(?:${source})$`, flags);
}
