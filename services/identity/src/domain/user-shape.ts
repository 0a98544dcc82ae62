import type { User } from '@aws-sdk/client-iam';

import type { Principal } from '../store/principals.js';
import { boundaryShape, tagShapes } from './principal-shapes.js';

/** A user as the IAM API shows it. Lists leave tags and boundary out, as AWS's do. */
export function userShape(user: Principal, how: { inList?: boolean } = {}): User {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: user.createdAt,
    ...(!how.inList && { ...boundaryShape(user), ...tagShapes(user.tags) }),
  };
}
