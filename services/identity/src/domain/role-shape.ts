import type { Role } from '@aws-sdk/client-iam';

import type { Principal } from '../store/principals.js';
import { encodedDocument } from './policy-text.js';
import { boundaryShape, tagShapes } from './principal-shapes.js';

/** A role as the IAM API shows it. Lists leave tags, boundary and the last use out, as AWS's do. */
export function roleShape(role: Principal, how: { inList?: boolean } = {}): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.userId,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encodedDocument(role.trustPolicy ?? ''),
    ...(role.description !== '' && { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds ?? undefined,
    ...(!how.inList && { ...boundaryShape(role), ...tagShapes(role.tags), RoleLastUsed: lastUseOf(role) }),
  };
}

function lastUseOf({ lastUsedAt, lastUsedRegion }: Principal) {
  return lastUsedAt ? { LastUsedDate: lastUsedAt, Region: lastUsedRegion ?? undefined } : {};
}
