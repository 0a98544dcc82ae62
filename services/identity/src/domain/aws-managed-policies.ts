import { type PolicyDocument, administratorPolicy } from '@muster/iam';

/** A policy that every account has and none can change. */
export interface AwsManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly document: PolicyDocument;
}

const allow = (Sid: string, Action: readonly string[]) => ({ Sid, Effect: 'Allow', Action, Resource: ['*'] }) as const;

const policy = (name: string, description: string, ...Statement: PolicyDocument['Statement']): AwsManagedPolicy => ({
  name,
  path: '/',
  description,
  document: { Version: '2012-10-17', Statement },
});

/**
 * The managed policies that people name in their scripts, under AWS's names. Their text is ours: it permits the same
 * work with what exists here. A text that changed here becomes the next version at the next start.
 */
export const awsManagedPolicies: readonly AwsManagedPolicy[] = [
  {
    name: 'AdministratorAccess',
    path: '/',
    description: 'All actions on all resources.',
    document: administratorPolicy,
  },
  policy('PowerUserAccess', 'All actions but the administration of users, roles, policies and accounts.', {
    Sid: 'AllButIdentity',
    Effect: 'Allow',
    NotAction: ['iam:*', 'organizations:*', 'account:*', 'muster:CreateAccount', 'muster:EmptySandboxAccount'],
    Resource: ['*'],
  }),
  policy(
    'ReadOnlyAccess',
    'Reads everything and changes nothing; decrypts nothing either.',
    allow('ReadOnly', [
      'ssm:Describe*',
      'ssm:Get*',
      'ssm:List*',
      'kms:Describe*',
      'kms:GetKeyPolicy',
      'kms:GetKeyRotationStatus',
      'kms:List*',
      'iam:Get*',
      'iam:List*',
      'iam:Simulate*',
      'sts:GetAccessKeyInfo',
      'sts:GetCallerIdentity',
      'tag:Get*',
      'resource-groups:Get*',
      'resource-groups:List*',
      'resource-groups:Search*',
      'events:Describe*',
      'events:List*',
      'logs:Describe*',
      'logs:Get*',
      'logs:FilterLogEvents',
      'muster:Describe*',
      'muster:Get*',
      'muster:List*',
      'muster:Diff*',
    ]),
  ),
  policy('IAMFullAccess', 'Everything in IAM.', allow('IAM', ['iam:*'])),
  policy(
    'IAMReadOnlyAccess',
    'Reads IAM and simulates policies.',
    allow('IAMReadOnly', ['iam:Get*', 'iam:List*', 'iam:Simulate*']),
  ),
  policy(
    'AmazonSSMFullAccess',
    'Everything in Systems Manager.',
    allow('SystemsManager', ['ssm:*', 'ssmmessages:*', 'ec2messages:*', 'resource-groups:*', 'tag:*', 'logs:*']),
  ),
  policy(
    'AmazonSSMReadOnlyAccess',
    'Reads Systems Manager.',
    allow('SystemsManagerReadOnly', ['ssm:Describe*', 'ssm:Get*', 'ssm:List*']),
  ),
  policy(
    'AmazonSSMManagedInstanceCore',
    'What a managed node needs for itself.',
    allow('Node', [
      'ssm:DescribeAssociation',
      'ssm:DescribeDocument',
      'ssm:GetDeployablePatchSnapshotForInstance',
      'ssm:GetDocument',
      'ssm:GetManifest',
      'ssm:GetParameter',
      'ssm:GetParameters',
      'ssm:ListAssociations',
      'ssm:ListInstanceAssociations',
      'ssm:PutComplianceItems',
      'ssm:PutConfigurePackageResult',
      'ssm:PutInventory',
      'ssm:UpdateAssociationStatus',
      'ssm:UpdateInstanceAssociationStatus',
      'ssm:UpdateInstanceInformation',
    ]),
    allow('Messages', ['ssmmessages:*', 'ec2messages:*']),
  ),
  policy(
    'AWSKeyManagementServicePowerUser',
    'Makes keys and looks at them; what a key does is said by its key policy.',
    allow('Keys', [
      'kms:CreateAlias',
      'kms:CreateKey',
      'kms:DeleteAlias',
      'kms:Describe*',
      'kms:GenerateRandom',
      'kms:Get*',
      'kms:List*',
      'kms:TagResource',
      'kms:UntagResource',
      'iam:ListGroups',
      'iam:ListRoles',
      'iam:ListUsers',
    ]),
  ),
];

/**
 * What a user may do with the credentials that GetSessionToken gave: nothing in IAM, and in STS only AssumeRole (and
 * GetCallerIdentity, which needs no permission). AWS allows IAM with a second factor, which there is none of here.
 */
export const ownTemporaryCredentials: { readonly name: string; readonly document: PolicyDocument } = {
  name: 'credentials of GetSessionToken',
  document: {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'WhatTheUserMay', Effect: 'Allow', Action: ['*'], Resource: ['*'] },
      { Sid: 'NoIdentityOperations', Effect: 'Deny', Action: ['iam:*'], Resource: ['*'] },
      {
        Sid: 'NoFurtherTokens',
        Effect: 'Deny',
        Action: ['sts:Get*', 'sts:AssumeRoot', 'sts:DecodeAuthorizationMessage'],
        Resource: ['*'],
      },
    ],
  },
};
