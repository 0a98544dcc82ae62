import type { Group } from '@aws-sdk/client-iam';

import type { Principal } from '../store/principals.js';

/** A group as the IAM API shows it. */
export function groupShape(group: Principal): Group {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.userId,
    Arn: group.arn,
    CreateDate: group.createdAt,
  };
}
