import { ApiError } from '@muster/aws-protocol';

import type { Scope } from './parameter-name.js';
import type { Reference } from './reference.js';

/** References of a list, as `referenceOf` or `referenceToRead` reads them, each once; what is formed as no name is told apart instead of failing the whole list. */
export function sortReferences(
  names: readonly string[],
  scope: Scope,
  read: (name: string, scope: Scope) => Reference,
): { references: Reference[]; malformed: string[] } {
  const references = new Map<string, Reference>();
  const malformed = new Set<string>();
  for (const name of names) {
    try {
      const reference = read(name, scope);
      references.set(reference.text, reference);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      malformed.add(name);
    }
  }
  return { references: [...references.values()], malformed: [...malformed] };
}
