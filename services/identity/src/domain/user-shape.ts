import type { User } from '@aws-sdk/client-iam';

import type { PrincipalEntity } from '../store/principal.entity.js';

/** A user as the IAM API shows it. */
export function userShape(user: PrincipalEntity): User {
  const tags = Object.entries(user.tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: user.createdAt,
    ...(tags.length > 0 && { Tags: tags }),
  };
}
