import type { AttachedPermissionsBoundary, Tag } from '@aws-sdk/client-iam';

/** Tags as the IAM API shows them, by key; no member at all when there are none. */
export function tagShapes(tags: Readonly<Record<string, string>>): { Tags?: Tag[] } {
  const shown = Object.keys(tags)
    .sort()
    .map((Key) => ({ Key, Value: tags[Key] }));
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
