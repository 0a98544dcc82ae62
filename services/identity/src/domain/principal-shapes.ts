import type { AttachedPermissionsBoundary, Tag } from '@aws-sdk/client-iam';

import { type Tags, sortedTags } from './changed-tags.js';

/** Tags as the IAM API shows them; no member at all when there are none. */
export function tagShapes(tags: Tags): { Tags?: Tag[] } {
  const shown = sortedTags(tags);
  return shown.length > 0 ? { Tags: shown } : {};
}

/** What bounds a user or role; no member when nothing does. */
export function boundaryShape({ boundaryArn }: { readonly boundaryArn: string | null }): {
  PermissionsBoundary?: AttachedPermissionsBoundary;
} {
  if (boundaryArn === null) return {};
  return {
    PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: boundaryArn },
  };
}
