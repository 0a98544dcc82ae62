/** An IAM policy document as stored: only what `decide` understands is accepted when it is written. */
export interface PolicyDocument {
  /** Without it, it is 2008-10-17: policy variables are plain text then. */
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

/**
 * One statement of a policy: exactly one of Action and NotAction, exactly one of Resource and NotResource (none in a
 * trust policy), exactly one of Principal and NotPrincipal in policies of resources and none in those of identities.
 */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principals;
  readonly NotPrincipal?: Principals;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Conditions;
}

/** Whom a statement of a resource's policy speaks about: everybody, or lists by kind. */
export type Principals = '*' | Readonly<Partial<Record<PrincipalKind, readonly string[]>>>;

/** How a principal is named. Only `AWS` ever calls here: services and other providers of identity do not. */
export type PrincipalKind = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser';

/** Operator (`StringEquals`, `ForAllValues:StringLike`, …) → condition key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What a policy is attached to: it decides which elements it must have and which it must not. */
export type PolicyKind = 'identity' | 'resource' | 'trust' | 'key';

/** What AWS calls AdministratorAccess: all actions on all resources of the account. */
export const administratorPolicy: PolicyDocument = {
  Version: '2012-10-17',
  Id: 'AdministratorAccess',
  Statement: [{ Sid: 'AdministratorAccess', Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
};

/** A policy and how a decision names it. */
export interface NamedPolicy {
  /** The ARN of a managed policy, or `inline policy NAME of user/alice`. */
  readonly name: string;
  readonly document: PolicyDocument;
}

/** All that identity knows about what one principal (and, for temporary credentials, one session) may do. */
export interface PrincipalPolicies {
  /** Inline and managed, of the user or role and of the user's groups: what they allow adds up. */
  readonly identity: readonly NamedPolicy[];
  /** What may be allowed at most. */
  readonly boundary?: NamedPolicy;
  /** The session is narrowed to what these allow; empty: it is not narrowed. */
  readonly session: readonly NamedPolicy[];
  /** `aws:PrincipalTag/…`: of the user or role, and of the session. */
  readonly tags: Readonly<Record<string, string>>;
  /** `aws:username`. */
  readonly userName?: string;
  /** False: nobody of this name is there any more, or the session is over. */
  readonly exists?: false;
}

/** A principal about which nothing is known: it may nothing. */
export const noPolicies: PrincipalPolicies = { identity: [], session: [], tags: {} };

/** Of who is not there any more: nothing is allowed, whatever resources grant to the name or to everybody. */
export const nobodysPolicies: PrincipalPolicies = { ...noPolicies, exists: false };
