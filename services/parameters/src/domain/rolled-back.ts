import type { VersionContent } from './next-version.js';

/**
 * The content of a new version that says what an earlier one said. The tier cannot go back: what is Advanced stays so. The
 * policies do not: what expired meanwhile would be gone at once.
 */
export function rolledBack(newest: VersionContent, earlier: Omit<VersionContent, 'policies'>): VersionContent {
  const tier = newest.tier === 'Advanced' ? 'Advanced' : earlier.tier;
  return { ...earlier, tier, policies: newest.policies };
}
