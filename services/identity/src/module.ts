import { Service } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Envelope, LocalRootKey } from '@muster/keys';
import { Module } from '@nestjs/common';

import { Bootstrap } from './bootstrap.js';
import { type IdentityConfig, identityConfig } from './config.js';
import { ForgetNode } from './consumers/forget-node.js';
import { RenewNodeCredential } from './hears/renew-node-credential.js';
import { migrations } from './migrations/index.js';
import { NodeCredentials } from './node-credentials.js';
import { CreateAccessKey } from './operations/iam/create-access-key.js';
import { CreateUser } from './operations/iam/create-user.js';
import { DeleteAccessKey } from './operations/iam/delete-access-key.js';
import { GetCallerIdentity } from './operations/sts/get-caller-identity.js';
import { GetUser } from './operations/iam/get-user.js';
import { ListAccessKeys } from './operations/iam/list-access-keys.js';
import { UpdateAccessKey } from './operations/iam/update-access-key.js';
import { RevisionBeacon } from './revision-beacon.js';
import { CurrentRevision } from './rpc/current-revision.js';
import { IssueNodeCredential } from './rpc/issue-node-credential.js';
import { PoliciesOf } from './rpc/policies-of.js';
import { SigningKey } from './rpc/signing-key.js';
import { AccessKeyEntity } from './store/access-key.entity.js';
import { AccessKeys } from './store/access-keys.js';
import { Accounts } from './store/accounts.js';
import { Attachments } from './store/attachments.js';
import { Changes } from './store/changes.js';
import { ManagedPolicies } from './store/managed-policies.js';
import { NodeKeys } from './store/node-keys.js';
import { PrincipalPolicies } from './store/principal-policies.js';
import { Principals } from './store/principals.js';
import { Revisions } from './store/revisions.js';
import { Signers } from './store/signers.js';

const operations = [
  GetCallerIdentity,
  CreateUser,
  GetUser,
  CreateAccessKey,
  ListAccessKeys,
  UpdateAccessKey,
  DeleteAccessKey,
];
const rpc = [SigningKey, PoliciesOf, CurrentRevision, IssueNodeCredential];
const store = [
  AccessKeys,
  Accounts,
  Attachments,
  Changes,
  ManagedPolicies,
  NodeKeys,
  PrincipalPolicies,
  Principals,
  Revisions,
  Signers,
];

/** Accounts, principals, access keys and policies; the credentials of nodes. */
@Service({
  name: 'identity',
  schema: 'identity',
  entities: [AccessKeyEntity],
  migrations,
  config: identityConfig,
})
@Module({
  providers: [
    ...operations,
    ...rpc,
    ...store,
    RenewNodeCredential,
    ForgetNode,
    Bootstrap,
    RevisionBeacon,
    NodeCredentials,
    {
      provide: Envelope,
      useFactory: (config: IdentityConfig) => new Envelope(LocalRootKey.open(config.rootKeyFile)),
      inject: [CONFIG],
    },
  ],
})
export class IdentityModule {}
