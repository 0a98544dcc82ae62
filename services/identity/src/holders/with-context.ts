import type { Resource } from '@muster/iam';

import type { NamedPrincipal } from '../store/principals.js';

/** The same, decided with further condition keys. */
export function withContext(named: NamedPrincipal, context: NonNullable<Resource['context']>): NamedPrincipal {
  return { ...named, on: named.on.map((each) => ({ ...each, context: { ...each.context, ...context } })) };
}
