/** What a row may refer to: things that were made before. */
export interface Made {
  readonly keyId: string;
  /** Of that key. */
  readonly ciphertext: string;
  readonly nodeId: string;
}

/** Input of an operation beyond what its model requires, or that anybody may call it. */
type Row = 'everybody' | ((made: Made) => object);

const minimal: Row = () => ({});
const on =
  (input: object): Row =>
  () =>
    input;
const ofKey: Row = ({ keyId }) => ({ KeyId: keyId });

/**
 * Every operation, with an input that would be accepted: what it acts on is there wherever it must be for the decision.
 * An operation that runs and has no row fails the test: say here on what it is to be refused.
 */
export const authorityTable: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  ssm: {
    ...rows(
      minimal,
      'CancelCommand CreateActivation DeleteActivation DeregisterManagedInstance DescribeActivations',
      'DescribeInstanceInformation DescribeParameters GetCommandInvocation ListCommandInvocations ListCommands',
      'UpdateManagedInstanceRole',
    ),
    ...rows(
      on({ Name: '/authority/there' }),
      'DeleteParameter GetParameter GetParameterHistory LabelParameterVersion UnlabelParameterVersion',
    ),
    ...rows(on({ Names: ['/authority/there'] }), 'DeleteParameters GetParameters'),
    ...rows(
      on({ SettingId: '/ssm/parameter-store/default-parameter-tier', SettingValue: 'Standard' }),
      'UpdateServiceSetting',
    ),
    ...rows(on({ SettingId: '/ssm/parameter-store/default-parameter-tier' }), 'GetServiceSetting ResetServiceSetting'),
    GetParametersByPath: on({ Path: '/authority' }),
    PutParameter: on({ Name: '/authority/there', Value: 'changed', Overwrite: true }),
    SendCommand: ({ nodeId }) => ({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [nodeId],
      Parameters: { commands: ['true'] },
    }),
    AddTagsToResource: on({ ...tagged(), Tags: [{ Key: 'a', Value: 'b' }] }),
    RemoveTagsFromResource: on({ ...tagged(), TagKeys: ['a'] }),
    ListTagsForResource: on(tagged()),
    ...rows(on({ ResourceArn: 'arn:aws:ssm:us-east-1:123456789012:parameter/authority/there' }), 'GetResourcePolicies'),
    PutResourcePolicy: on({ ResourceArn: parameter(), Policy: '{}' }),
    DeleteResourcePolicy: on({ ResourceArn: parameter(), PolicyId: 'a'.repeat(32), PolicyHash: 'a'.repeat(64) }),
  },
  sts: {
    ...rows('everybody', 'GetCallerIdentity GetSessionToken'),
    GetAccessKeyInfo: minimal,
    AssumeRole: on({ RoleArn: 'arn:aws:iam::123456789012:role/authority-role' }),
  },
  iam: {
    ...rows(
      minimal,
      'GetUser ListAccessKeys ListGroups ListPolicies ListRoles ListUsers UpdateAccessKey DeleteAccessKey CreateAccessKey',
      'GetAccountSummary GetAccountAuthorizationDetails ListAccountAliases CreateAccountAlias DeleteAccountAlias',
      'GetAccessKeyLastUsed',
    ),
    ...rows(
      on({ UserName: 'authority-user', PolicyArn: managed(), Tags: [{ Key: 'a', Value: 'b' }], TagKeys: ['a'] }),
      'AddUserToGroup AttachUserPolicy CreateUser DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy',
      'DetachUserPolicy GetUserPolicy ListAttachedUserPolicies ListGroupsForUser ListUserPolicies ListUserTags',
      'PutUserPermissionsBoundary PutUserPolicy RemoveUserFromGroup TagUser UntagUser UpdateUser',
    ),
    ...rows(
      on({ GroupName: 'authority-group', PolicyArn: managed() }),
      'AttachGroupPolicy CreateGroup DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup GetGroupPolicy',
      'ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy UpdateGroup',
    ),
    ...rows(
      on({ RoleName: 'authority-role', PolicyArn: managed(), Tags: [{ Key: 'a', Value: 'b' }], TagKeys: ['a'] }),
      'AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy GetRole',
      'GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags',
      'PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription',
    ),
    CreateRole: on({ RoleName: 'authority-new', AssumeRolePolicyDocument: trust() }),
    ...rows(
      on({ PolicyArn: managed(), Tags: [{ Key: 'a', Value: 'b' }], TagKeys: ['a'] }),
      'CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion ListEntitiesForPolicy',
      'ListPolicyTags ListPolicyVersions SetDefaultPolicyVersion TagPolicy UntagPolicy',
    ),
    ...rows(
      on({
        ActionNames: ['ssm:GetParameter'],
        PolicyInputList: [trust()],
        PolicySourceArn: 'arn:aws:iam::123456789012:user/authority-user',
      }),
      'SimulatePrincipalPolicy SimulateCustomPolicy',
    ),
    CreatePolicy: on({ PolicyName: 'authority-new', PolicyDocument: trust() }),
  },
  kms: {
    ...rows(
      minimal,
      'ConnectCustomKeyStore CreateCustomKeyStore CreateKey DeleteCustomKeyStore DescribeCustomKeyStores',
      'DisconnectCustomKeyStore GenerateRandom ListAliases ListKeys ListRetirableGrants RetireGrant UpdateCustomKeyStore',
    ),
    ...rows(
      ofKey,
      'CancelKeyDeletion DeleteImportedKeyMaterial DeriveSharedSecret DescribeKey DisableKey DisableKeyRotation',
      'EnableKey EnableKeyRotation Encrypt GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext',
      'GenerateMac GetKeyLastUsage GetKeyPolicy GetKeyRotationStatus GetParametersForImport GetPublicKey',
      'ImportKeyMaterial ListGrants ListKeyPolicies ListKeyRotations ListResourceTags PutKeyPolicy ReplicateKey',
      'RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion Sign UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac',
    ),
    ...rows(({ keyId }) => ({ KeyId: keyId, KeySpec: 'AES_256' }), 'GenerateDataKey GenerateDataKeyWithoutPlaintext'),
    CreateGrant: ({ keyId }) => ({ KeyId: keyId, Operations: ['Decrypt'] }),
    TagResource: ({ keyId }) => ({ KeyId: keyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
    UntagResource: ({ keyId }) => ({ KeyId: keyId, TagKeys: ['a'] }),
    Decrypt: ({ ciphertext }) => ({ CiphertextBlob: ciphertext }),
    ReEncrypt: ({ ciphertext, keyId }) => ({ CiphertextBlob: ciphertext, DestinationKeyId: keyId }),
    CreateAlias: ({ keyId }) => ({ AliasName: 'alias/authority-new', TargetKeyId: keyId }),
    UpdateAlias: ({ keyId }) => ({ AliasName: 'alias/authority', TargetKeyId: keyId }),
    DeleteAlias: on({ AliasName: 'alias/authority' }),
  },
  muster: {
    ...rows(
      minimal,
      'CreateAccount CreateSubscription EmptySandboxAccount DeleteParameterWatch DeleteSubscription DescribeAccount DescribeSubscription',
      'ListAccounts ListParameterWatches ListSubscriptions RenewParameterWatch RotateSubscriptionCredential',
    ),
    EnrolNode: 'everybody',
    ...rows(on({ Name: '/authority/there', From: '/authority/there', Selector: '1' }), 'RollbackParameter'),
    DiffParameterVersions: on({ From: '/authority/there' }),
    ...rows(on({ Path: '/authority' }), 'CreateParameterWatch ExportParameters WatchParameters'),
    MoveParameters: on({ From: '/authority', To: '/moved', Recursive: true }),
    ImportParameters: on({
      Document: JSON.stringify({
        Format: 'muster.parameters/1',
        Path: '/authority',
        Parameters: [{ Name: '/authority/new', Type: 'String', Value: 'imported' }],
      }),
    }),
    ...rows(on({ Name: '/aws/service/authority/a' }), 'PublishParameter WithdrawParameter'),
    ResolveTemplate: on({
      TemplateBody: JSON.stringify({
        Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/authority/there' } },
        Resources: { R: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { Ref: 'P' } } } },
      }),
    }),
  },
};

function rows(row: Row, ...names: readonly string[]): Record<string, Row> {
  return Object.fromEntries(names.flatMap((each) => each.split(' ')).map((name) => [name, row]));
}

function tagged() {
  return { ResourceType: 'Parameter', ResourceId: '/authority/there' };
}

function parameter(): string {
  return 'arn:aws:ssm:us-east-1:123456789012:parameter/authority/there';
}

function managed(): string {
  return 'arn:aws:iam::123456789012:policy/authority-policy';
}

function trust(): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ssm.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
}
