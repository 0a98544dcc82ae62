import type { VersionContent } from './next-version.js';

/**
 * The content of a new version that says what an earlier one said. The tier alone cannot go back: what is Advanced stays so.
 */
export function rolledBack(newest: VersionContent, earlier: VersionContent): VersionContent {
  const tier = newest.tier === 'Advanced' ? 'Advanced' : earlier.tier;
  return { ...earlier, tier };
}
