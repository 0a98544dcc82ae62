import { ApiError } from '@muster/aws-protocol';

import { type Tags, withoutTags } from './changed-tags.js';

/** AWS's: a session of a role that was itself assumed with a session is short. */
const CHAINED_SECONDS = 3600;
const USUAL_SECONDS = 3600;

/**
 * How long a session of a role lasts.
 * @throws ApiError ValidationException when the role, or the way to it, does not allow so much
 */
export function roleSessionSeconds(asked: number | undefined, longest: number, chained: boolean): number {
  const seconds = asked ?? USUAL_SECONDS;
  if (chained && seconds > CHAINED_SECONDS) {
    throw new ApiError(
      'ValidationException',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (seconds > longest) {
    throw new ApiError(
      'ValidationException',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  return seconds;
}

/** Tags of a session and which of them go on to the next role. */
export interface SessionTags {
  readonly tags: Tags;
  readonly transitiveTagKeys: readonly string[];
}

/**
 * Tags of a new session: those that the calling session hands on, and the new ones.
 * @throws ApiError ValidationException when a new one would replace what was handed on, or a key is handed on that is no tag
 */
export function sessionTags(given: Tags, transitiveTagKeys: readonly string[], before: SessionTags): SessionTags {
  const lower = (keys: readonly string[]) => new Set(keys.map((key) => key.toLowerCase()));
  const fixed = lower(before.transitiveTagKeys);
  if (Object.keys(given).some((key) => fixed.has(key.toLowerCase()))) {
    throw new ApiError(
      'ValidationException',
      "One of the specified tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const handedOn = Object.fromEntries(Object.entries(before.tags).filter(([key]) => fixed.has(key.toLowerCase())));
  const tags = { ...withoutTags(handedOn, Object.keys(given)), ...given };
  const there = lower(Object.keys(tags));
  if (transitiveTagKeys.some((key) => !there.has(key.toLowerCase()))) {
    throw new ApiError(
      'ValidationException',
      'The specified transitive tag key must be included in the requested tags.',
    );
  }
  return { tags, transitiveTagKeys: [...new Set([...Object.keys(handedOn), ...transitiveTagKeys])] };
}
