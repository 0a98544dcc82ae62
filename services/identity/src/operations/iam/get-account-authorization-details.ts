import type {
  AttachedPolicy,
  EntityType,
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse,
  PolicyDetail as InlineDetail,
} from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { groupShape } from '../../domain/group-shape.js';
import { policyShape, versionShape } from '../../domain/policy-shape.js';
import { encodedDocument } from '../../domain/policy-text.js';
import type { PrincipalKind } from '../../domain/principal-arn.js';
import { roleShape } from '../../domain/role-shape.js';
import { userShape } from '../../domain/user-shape.js';
import { page } from '../../page.js';
import { AuthorizationDetails, type PolicyDetail, type PrincipalDetail } from '../../store/authorization-details.js';

const ALL: readonly EntityType[] = ['User', 'Group', 'Role', 'LocalManagedPolicy', 'AWSManagedPolicy'];
const PRINCIPALS: readonly PrincipalKind[] = ['User', 'Group', 'Role'];

/** The whole account in pages: what auditors read. */
@Operation('iam', 'GetAccountAuthorizationDetails')
export class GetAccountAuthorizationDetails implements Handles<
  GetAccountAuthorizationDetailsRequest,
  Acted,
  GetAccountAuthorizationDetailsResponse
> {
  constructor(private readonly details: AuthorizationDetails) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(input: Valid<GetAccountAuthorizationDetailsRequest>, _loaded: Acted, call: Call) {
    const wanted = new Set(input.Filter?.length ? input.Filter : ALL);
    const kinds = PRINCIPALS.filter((kind) => wanted.has(kind));
    const which = { local: wanted.has('LocalManagedPolicy'), aws: wanted.has('AWSManagedPolicy') };
    const { items, ...rest } = await page<PrincipalDetail | PolicyDetail>(call, input, {
      filters: { kinds, which },
      read: async (after, limit) => {
        const principals = await this.details.principals(call.account, kinds, after, limit);
        if (principals.length === limit) return principals;
        return [...principals, ...(await this.details.policies(call.account, which, after, limit - principals.length))];
      },
      keyOf: ({ key }) => key,
    });
    const principals = items.filter((each) => 'kind' in each);
    const of = (kind: PrincipalKind) => principals.filter((each) => each.kind === kind);
    return {
      UserDetailList: of('User').map((user) => ({
        ...userShape(user),
        GroupList: [...user.groups],
        UserPolicyList: inlineOf(user),
        AttachedManagedPolicies: attachedOf(user),
      })),
      GroupDetailList: of('Group').map((group) => ({
        ...groupShape(group),
        GroupPolicyList: inlineOf(group),
        AttachedManagedPolicies: attachedOf(group),
      })),
      RoleDetailList: of('Role').map((role) => ({
        ...roleShape(role),
        InstanceProfileList: [],
        RolePolicyList: inlineOf(role),
        AttachedManagedPolicies: attachedOf(role),
      })),
      Policies: items
        .filter((each) => 'versions' in each)
        .map((policy) => ({
          ...policyShape(policy),
          PolicyVersionList: policy.versions.map((version) =>
            versionShape({ ...version, createdAt: new Date(version.createdAt) }, { withDocument: true }),
          ),
        })),
      ...rest,
    };
  }
}

function inlineOf({ inline }: PrincipalDetail): InlineDetail[] {
  return inline.map(({ name, document }) => ({ PolicyName: name, PolicyDocument: encodedDocument(document) }));
}

function attachedOf({ attached }: PrincipalDetail): AttachedPolicy[] {
  return attached.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn }));
}
