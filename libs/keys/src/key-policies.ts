/** The policy that a key of an account has when none is given: the account decides with its own policies. JSON text. */
export function defaultKeyPolicy(account: string): string {
  return text('key-default-1', [
    {
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: root(account) },
      Action: 'kms:*',
      Resource: '*',
    },
  ]);
}

/** The policy of a key that a service keeps for an account: all of the account, through that service. JSON text. */
export function serviceKeyPolicy(
  service: string,
  scope: { readonly account: string; readonly region: string },
): string {
  return text(`auto-${service}-1`, [
    {
      Sid: `Allow access through ${service.toUpperCase()} for all principals in the account that are authorized to use ${service.toUpperCase()}`,
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncrypt*',
        'kms:GenerateDataKey*',
        'kms:CreateGrant',
        'kms:DescribeKey',
      ],
      Resource: '*',
      Condition: {
        StringEquals: {
          'kms:ViaService': `${service}.${scope.region}.amazonaws.com`,
          'kms:CallerAccount': scope.account,
        },
      },
    },
    {
      Sid: 'Allow direct access to key metadata to the account',
      Effect: 'Allow',
      Principal: { AWS: root(scope.account) },
      Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
      Resource: '*',
    },
  ]);
}

function text(id: string, statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: id, Statement: statements }, null, 2);
}

function root(account: string): string {
  return `arn:aws:iam::${account}:root`;
}
