import { Service } from '@muster/bus';
import { Module } from '@nestjs/common';

import { Bootstrap } from './bootstrap.js';
import { identityConfig } from './config.js';
import { ForgetNode } from './consumers/forget-node.js';
import { NoteKeyUse } from './hears/note-key-use.js';
import { RenewNodeCredential } from './hears/renew-node-credential.js';
import { Attaching } from './holders/attaching.js';
import { Bounding } from './holders/bounding.js';
import { Creating } from './holders/creating.js';
import { Deleting } from './holders/deleting.js';
import { Inlining } from './holders/inlining.js';
import { Renaming } from './holders/renaming.js';
import { Tagging } from './holders/tagging.js';
import { Trusting } from './holders/trusting.js';
import { iamOperations } from './iam-operations.js';
import { keyRingProviders } from './key-ring-providers.js';
import { migrations } from './migrations/index.js';
import { NodeCredentials } from './node-credentials.js';
import { CreateAccount } from './operations/muster/create-account.js';
import { DescribeAccount } from './operations/muster/describe-account.js';
import { ListAccounts } from './operations/muster/list-accounts.js';
import { RevisionBeacon } from './revision-beacon.js';
import { ActiveKeys } from './rpc/active-keys.js';
import { CurrentRevision } from './rpc/current-revision.js';
import { IssueNodeCredential } from './rpc/issue-node-credential.js';
import { PoliciesOf } from './rpc/policies-of.js';
import { SigningKey } from './rpc/signing-key.js';
import { SessionIssuer } from './session-issuer.js';
import { SessionPolicies } from './session-policies.js';
import { Simulating } from './simulating.js';
import { stsOperations } from './sts-operations.js';
import { sandboxProviders } from './sandbox-providers.js';
import { AccessKeyEntity } from './store/access-key.entity.js';
import { AccessKeys } from './store/access-keys.js';
import { Accounts } from './store/accounts.js';
import { Attachments } from './store/attachments.js';
import { AuthorizationDetails } from './store/authorization-details.js';
import { Changes } from './store/changes.js';
import { InlinePolicies } from './store/inline-policies.js';
import { ManagedPolicies } from './store/managed-policies.js';
import { Memberships } from './store/memberships.js';
import { NodeKeys } from './store/node-keys.js';
import { PrincipalPolicies } from './store/principal-policies.js';
import { Principals } from './store/principals.js';
import { Revisions } from './store/revisions.js';
import { Sessions } from './store/sessions.js';
import { Signers } from './store/signers.js';
import { ForgetSessions } from './sweeps/forget-sessions.js';

const operations = [...iamOperations, ...stsOperations, CreateAccount, DescribeAccount, ListAccounts];
const rpc = [ActiveKeys, SigningKey, PoliciesOf, CurrentRevision, IssueNodeCredential];
const holders = [Attaching, Bounding, Creating, Deleting, Inlining, Renaming, Tagging, Trusting];
const store = [
  AccessKeys,
  Accounts,
  Attachments,
  AuthorizationDetails,
  Changes,
  InlinePolicies,
  ManagedPolicies,
  Memberships,
  NodeKeys,
  PrincipalPolicies,
  Principals,
  Revisions,
  Sessions,
  Signers,
];

/** Accounts, principals, access keys and policies; the credentials of nodes; the key ring. */
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
    ...holders,
    ...store,
    NoteKeyUse,
    ...sandboxProviders,
    RenewNodeCredential,
    ForgetNode,
    ForgetSessions,
    SessionIssuer,
    SessionPolicies,
    Simulating,
    Bootstrap,
    RevisionBeacon,
    NodeCredentials,
    ...keyRingProviders,
  ],
})
export class IdentityModule {}
