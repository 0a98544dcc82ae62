import type { Policy, PolicyVersion } from '@aws-sdk/client-iam';

import type { ManagedPolicy, Version } from '../store/managed-policies.js';
import { encodedDocument } from './policy-text.js';
import { tagShapes } from './principal-shapes.js';

/** A managed policy as the IAM API shows it. Lists leave description and tags out, as AWS's do. */
export function policyShape(policy: ManagedPolicy, how: { inList?: boolean } = {}): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: `v${policy.defaultVersion}`,
    AttachmentCount: policy.attachments,
    PermissionsBoundaryUsageCount: policy.bounds,
    IsAttachable: true,
    CreateDate: policy.createdAt,
    UpdateDate: policy.updatedAt,
    ...(!how.inList && {
      ...(policy.description !== '' && { Description: policy.description }),
      ...tagShapes(policy.tags),
    }),
  };
}

/** One of its versions; lists leave the document out. */
export function versionShape(version: Version, how: { withDocument?: boolean } = {}): PolicyVersion {
  return {
    VersionId: `v${version.number}`,
    IsDefaultVersion: version.isDefault,
    CreateDate: version.createdAt,
    ...(how.withDocument && { Document: encodedDocument(version.document) }),
  };
}
