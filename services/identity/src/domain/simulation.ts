import type { EvaluationResult, PolicySourceType } from '@aws-sdk/client-iam';
import {
  type Caller,
  type NamedPolicy,
  type PolicyDocument,
  type PrincipalPolicies,
  type Resource,
  decide,
} from '@muster/iam';

/** What is asked: may this caller, with these policies, do each of these actions to each of these resources? */
export interface Simulation {
  readonly caller: Caller;
  readonly policies: PrincipalPolicies;
  readonly actions: readonly string[];
  /** ARNs; `*` stands for none in particular. */
  readonly resources: readonly string[];
  readonly resourcePolicy?: PolicyDocument | undefined;
  /** Condition keys of the request, by name. */
  readonly context: NonNullable<Resource['context']>;
  readonly now: Date;
}

/**
 * One result for each action and resource, in the order of the actions. Decided by what decides real calls.
 * @param from only those from this place on: a request of some lines may ask for millions
 */
export function simulate(simulation: Simulation, from = 0, most = Infinity): EvaluationResult[] {
  const { actions, resources } = simulation;
  const missing = missingKeys(simulation);
  const results: EvaluationResult[] = [];
  for (let place = from; place < actions.length * resources.length && results.length < most; place++) {
    const [action, resource] = [actions[Math.floor(place / resources.length)]!, resources[place % resources.length]!];
    results.push({ ...judge(simulation, action, resource), MissingContextValues: missing });
  }
  return results;
}

function judge(simulation: Simulation, action: string, arn: string): EvaluationResult {
  const { caller, policies, resourcePolicy: policy, context, now } = simulation;
  const resource = { arn, context, ...(policy && { policy }) };
  const decision = decide(caller, policies, action, [resource], now);
  const matched = decision.allowed ? decision.by : decision.deniedBy === undefined ? [] : [decision.deniedBy];
  const { boundary } = policies;
  const within =
    boundary && decide(caller, { ...policies, identity: [boundary], session: [] }, action, [{ arn, context }], now);
  return {
    EvalActionName: action,
    EvalResourceName: arn,
    EvalDecision: decision.allowed ? 'allowed' : decision.explicit ? 'explicitDeny' : 'implicitDeny',
    MatchedStatements: matched.map((label) => sourceOf(label)),
    ...(within && { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: within.allowed } }),
  };
}

/** `<policy>/<statement>`, as decisions name what they rest on. */
function sourceOf(label: string): { SourcePolicyId: string; SourcePolicyType: PolicySourceType } {
  const id = label.slice(0, label.lastIndexOf('/'));
  return { SourcePolicyId: id, SourcePolicyType: typeOf(id) };
}

function typeOf(id: string): PolicySourceType {
  if (id.startsWith('policy of ')) return 'resource';
  if (id.startsWith('arn:aws:iam::aws:')) return 'aws-managed';
  if (id.startsWith('arn:')) return 'user-managed';
  return (/ of (user|group|role)\/[^/]*$/.exec(id)?.[1] as PolicySourceType | undefined) ?? 'none';
}

/** Keys that the policies ask for, in conditions and variables, and that nobody gave. */
function missingKeys({ policies, resourcePolicy, context }: Simulation): string[] {
  const documents = [...policies.identity, ...policies.session, ...(policies.boundary ? [policies.boundary] : [])].map(
    ({ document }: NamedPolicy) => document,
  );
  const given = new Set(Object.keys(context).map((key) => key.toLowerCase()));
  const keys = new Map<string, string>();
  for (const key of [...documents, ...(resourcePolicy ? [resourcePolicy] : [])].flatMap(keysOf)) {
    if (!given.has(key.toLowerCase())) keys.set(key.toLowerCase(), key);
  }
  return [...keys.values()].sort();
}

function keysOf(document: PolicyDocument): string[] {
  const conditions = document.Statement.flatMap(({ Condition }) => Object.values(Condition ?? {}).flatMap(Object.keys));
  const variables = [...JSON.stringify(document.Statement).matchAll(/\$\{([\w-]+:[^,}]+)/g)].map((match) => match[1]!);
  return [...conditions, ...variables];
}
