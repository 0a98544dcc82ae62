import { AddUserToGroup } from './operations/iam/add-user-to-group.js';
import { AttachGroupPolicy } from './operations/iam/attach-group-policy.js';
import { AttachRolePolicy } from './operations/iam/attach-role-policy.js';
import { AttachUserPolicy } from './operations/iam/attach-user-policy.js';
import { CreateAccessKey } from './operations/iam/create-access-key.js';
import { CreateAccountAlias } from './operations/iam/create-account-alias.js';
import { CreateGroup } from './operations/iam/create-group.js';
import { CreatePolicyVersion } from './operations/iam/create-policy-version.js';
import { CreatePolicy } from './operations/iam/create-policy.js';
import { CreateRole } from './operations/iam/create-role.js';
import { CreateUser } from './operations/iam/create-user.js';
import { DeleteAccessKey } from './operations/iam/delete-access-key.js';
import { DeleteAccountAlias } from './operations/iam/delete-account-alias.js';
import { DeleteGroupPolicy } from './operations/iam/delete-group-policy.js';
import { DeleteGroup } from './operations/iam/delete-group.js';
import { DeletePolicyVersion } from './operations/iam/delete-policy-version.js';
import { DeletePolicy } from './operations/iam/delete-policy.js';
import { DeleteRolePermissionsBoundary } from './operations/iam/delete-role-permissions-boundary.js';
import { DeleteRolePolicy } from './operations/iam/delete-role-policy.js';
import { DeleteRole } from './operations/iam/delete-role.js';
import { DeleteUserPermissionsBoundary } from './operations/iam/delete-user-permissions-boundary.js';
import { DeleteUserPolicy } from './operations/iam/delete-user-policy.js';
import { DeleteUser } from './operations/iam/delete-user.js';
import { DetachGroupPolicy } from './operations/iam/detach-group-policy.js';
import { DetachRolePolicy } from './operations/iam/detach-role-policy.js';
import { DetachUserPolicy } from './operations/iam/detach-user-policy.js';
import { GetAccessKeyLastUsed } from './operations/iam/get-access-key-last-used.js';
import { GetAccountAuthorizationDetails } from './operations/iam/get-account-authorization-details.js';
import { GetAccountSummary } from './operations/iam/get-account-summary.js';
import { GetGroupPolicy } from './operations/iam/get-group-policy.js';
import { GetGroup } from './operations/iam/get-group.js';
import { GetPolicyVersion } from './operations/iam/get-policy-version.js';
import { GetPolicy } from './operations/iam/get-policy.js';
import { GetRolePolicy } from './operations/iam/get-role-policy.js';
import { GetRole } from './operations/iam/get-role.js';
import { GetUserPolicy } from './operations/iam/get-user-policy.js';
import { GetUser } from './operations/iam/get-user.js';
import { ListAccessKeys } from './operations/iam/list-access-keys.js';
import { ListAccountAliases } from './operations/iam/list-account-aliases.js';
import { ListAttachedGroupPolicies } from './operations/iam/list-attached-group-policies.js';
import { ListAttachedRolePolicies } from './operations/iam/list-attached-role-policies.js';
import { ListAttachedUserPolicies } from './operations/iam/list-attached-user-policies.js';
import { ListEntitiesForPolicy } from './operations/iam/list-entities-for-policy.js';
import { ListGroupPolicies } from './operations/iam/list-group-policies.js';
import { ListGroupsForUser } from './operations/iam/list-groups-for-user.js';
import { ListGroups } from './operations/iam/list-groups.js';
import { ListInstanceProfilesForRole } from './operations/iam/list-instance-profiles-for-role.js';
import { ListPolicies } from './operations/iam/list-policies.js';
import { ListPolicyTags } from './operations/iam/list-policy-tags.js';
import { ListPolicyVersions } from './operations/iam/list-policy-versions.js';
import { ListRolePolicies } from './operations/iam/list-role-policies.js';
import { ListRoleTags } from './operations/iam/list-role-tags.js';
import { ListRoles } from './operations/iam/list-roles.js';
import { ListUserPolicies } from './operations/iam/list-user-policies.js';
import { ListUserTags } from './operations/iam/list-user-tags.js';
import { ListUsers } from './operations/iam/list-users.js';
import { PutGroupPolicy } from './operations/iam/put-group-policy.js';
import { PutRolePermissionsBoundary } from './operations/iam/put-role-permissions-boundary.js';
import { PutRolePolicy } from './operations/iam/put-role-policy.js';
import { PutUserPermissionsBoundary } from './operations/iam/put-user-permissions-boundary.js';
import { PutUserPolicy } from './operations/iam/put-user-policy.js';
import { RemoveUserFromGroup } from './operations/iam/remove-user-from-group.js';
import { SetDefaultPolicyVersion } from './operations/iam/set-default-policy-version.js';
import { SimulateCustomPolicy } from './operations/iam/simulate-custom-policy.js';
import { SimulatePrincipalPolicy } from './operations/iam/simulate-principal-policy.js';
import { TagPolicy } from './operations/iam/tag-policy.js';
import { TagRole } from './operations/iam/tag-role.js';
import { TagUser } from './operations/iam/tag-user.js';
import { UntagPolicy } from './operations/iam/untag-policy.js';
import { UntagRole } from './operations/iam/untag-role.js';
import { UntagUser } from './operations/iam/untag-user.js';
import { UpdateAccessKey } from './operations/iam/update-access-key.js';
import { UpdateAssumeRolePolicy } from './operations/iam/update-assume-role-policy.js';
import { UpdateGroup } from './operations/iam/update-group.js';
import { UpdateRoleDescription } from './operations/iam/update-role-description.js';
import { UpdateRole } from './operations/iam/update-role.js';
import { UpdateUser } from './operations/iam/update-user.js';

/** What is spoken of the IAM API. */
export const iamOperations = [
  AddUserToGroup,
  AttachGroupPolicy,
  AttachRolePolicy,
  AttachUserPolicy,
  CreateAccessKey,
  CreateAccountAlias,
  CreateGroup,
  CreatePolicyVersion,
  CreatePolicy,
  CreateRole,
  CreateUser,
  DeleteAccessKey,
  DeleteAccountAlias,
  DeleteGroupPolicy,
  DeleteGroup,
  DeletePolicyVersion,
  DeletePolicy,
  DeleteRolePermissionsBoundary,
  DeleteRolePolicy,
  DeleteRole,
  DeleteUserPermissionsBoundary,
  DeleteUserPolicy,
  DeleteUser,
  DetachGroupPolicy,
  DetachRolePolicy,
  DetachUserPolicy,
  GetAccessKeyLastUsed,
  GetAccountAuthorizationDetails,
  GetAccountSummary,
  GetGroupPolicy,
  GetGroup,
  GetPolicyVersion,
  GetPolicy,
  GetRolePolicy,
  GetRole,
  GetUserPolicy,
  GetUser,
  ListAccessKeys,
  ListAccountAliases,
  ListAttachedGroupPolicies,
  ListAttachedRolePolicies,
  ListAttachedUserPolicies,
  ListEntitiesForPolicy,
  ListGroupPolicies,
  ListGroupsForUser,
  ListGroups,
  ListInstanceProfilesForRole,
  ListPolicies,
  ListPolicyTags,
  ListPolicyVersions,
  ListRolePolicies,
  ListRoleTags,
  ListRoles,
  ListUserPolicies,
  ListUserTags,
  ListUsers,
  PutGroupPolicy,
  PutRolePermissionsBoundary,
  PutRolePolicy,
  PutUserPermissionsBoundary,
  PutUserPolicy,
  RemoveUserFromGroup,
  SetDefaultPolicyVersion,
  SimulateCustomPolicy,
  SimulatePrincipalPolicy,
  TagPolicy,
  TagRole,
  TagUser,
  UntagPolicy,
  UntagRole,
  UntagUser,
  UpdateAccessKey,
  UpdateAssumeRolePolicy,
  UpdateGroup,
  UpdateRoleDescription,
  UpdateRole,
  UpdateUser,
];
