import type { GetAccountSummaryResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Inject } from '@nestjs/common';

import type { IdentityConfig } from '../../config.js';
import { Accounts } from '../../store/accounts.js';

/** How much there is and how much there may be. What does not exist here is 0: certificates, MFA devices, passwords. */
@Operation('iam', 'GetAccountSummary')
export class GetAccountSummary implements Handles<object, Acted, GetAccountSummaryResponse> {
  constructor(
    private readonly accounts: Accounts,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(_input: object, _loaded: Acted, call: Call) {
    const { users, groups, roles, policies, versions } = await this.accounts.counts(call.account);
    const { config } = this;
    return {
      SummaryMap: {
        Users: users,
        UsersQuota: config.usersPerAccount,
        Groups: groups,
        GroupsQuota: config.groupsPerAccount,
        Roles: roles,
        RolesQuota: config.rolesPerAccount,
        Policies: policies,
        PoliciesQuota: config.policiesPerAccount,
        PolicyVersionsInUse: versions,
        VersionsPerPolicyQuota: config.versionsPerPolicy,
        PolicySizeQuota: config.managedPolicyBytes,
        UserPolicySizeQuota: config.userPolicyBytes,
        GroupPolicySizeQuota: config.groupPolicyBytes,
        RolePolicySizeQuota: config.rolePolicyBytes,
        AssumeRolePolicySizeQuota: config.trustPolicyBytes,
        AttachedPoliciesPerUserQuota: config.policiesPerPrincipal,
        AttachedPoliciesPerGroupQuota: config.policiesPerPrincipal,
        AttachedPoliciesPerRoleQuota: config.policiesPerPrincipal,
        GroupsPerUserQuota: config.groupsPerUser,
        AccessKeysPerUserQuota: config.accessKeysPerUser,
        MFADevices: 0,
        MFADevicesInUse: 0,
        AccountMFAEnabled: 0,
        AccountAccessKeysPresent: 0,
        AccountPasswordPresent: 0,
        AccountSigningCertificatesPresent: 0,
        ServerCertificates: 0,
        InstanceProfiles: 0,
        Providers: 0,
      },
    };
  }
}
