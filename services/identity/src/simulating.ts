import type { SimulateCustomPolicyRequest, SimulatePolicyResponse } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import type { Call, Valid } from '@muster/bus';
import {
  type Caller,
  MalformedPolicy,
  type NamedPolicy,
  type PolicyKind,
  type PrincipalPolicies,
  parseArn,
  parsePolicy,
} from '@muster/iam';
import { Clock } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { simulate } from './domain/simulation.js';
import { page } from './page.js';

/** What both simulations can be asked. */
type Asked = Omit<Valid<SimulateCustomPolicyRequest>, 'PolicyInputList'> & {
  readonly PolicyInputList?: readonly string[] | undefined;
};

/** Simulating decisions: with policies of somebody, or with policies that are only a draft. */
@Injectable()
export class Simulating {
  constructor(private readonly clock: Clock) {}

  /** @param held what the principal has already; drafts come on top, and a draft of a boundary replaces its own */
  async answer(
    call: Call,
    asked: Asked,
    who: Caller,
    held: PrincipalPolicies,
  ): Promise<Required<Pick<SimulatePolicyResponse, 'EvaluationResults'>>> {
    const [boundary] = drafts('PermissionsBoundaryPolicyInputList', asked.PermissionsBoundaryPolicyInputList);
    const policies: PrincipalPolicies = {
      ...held,
      identity: [...held.identity, ...drafts('PolicyInputList', asked.PolicyInputList)],
      ...(boundary && { boundary }),
    };
    const simulation = {
      caller: callerOf(asked.CallerArn, who),
      policies,
      actions: asked.ActionNames,
      resources: asked.ResourceArns ?? ['*'],
      resourcePolicy:
        asked.ResourcePolicy === undefined ? undefined : parsed('ResourcePolicy', asked.ResourcePolicy, 'resource'),
      context: contextOf(asked),
      now: this.clock.now(),
    };
    const filters = { ...asked, MaxItems: undefined, Marker: undefined };
    const { items, ...rest } = await page(call, asked, {
      filters,
      read: (after, limit) => {
        // A marker can be made by anybody.
        const from = /^\d{1,9}$/.test(after) ? Number(after) + 1 : 0;
        const results = simulate(simulation, from, limit);
        return Promise.resolve(results.map((result, index) => ({ result, place: from + index })));
      },
      keyOf: ({ place }) => String(place),
    });
    return { EvaluationResults: items.map(({ result }) => result), ...rest };
  }
}

function drafts(list: string, texts: readonly string[] | undefined): NamedPolicy[] {
  return (texts ?? []).map((text, index) => {
    const name = `${list}.${index + 1}`;
    return { name, document: parsed(name, text, 'identity') };
  });
}

function parsed(name: string, text: string, kind: PolicyKind) {
  try {
    return parsePolicy(text, kind);
  } catch (error) {
    if (error instanceof MalformedPolicy) throw new ApiError('InvalidInputException', `${name}: ${error.message}`);
    throw error;
  }
}

function contextOf({ ContextEntries: entries }: Asked): Record<string, string | string[]> {
  return Object.fromEntries(
    (entries ?? []).flatMap(({ ContextKeyName: key, ContextKeyType: type, ContextKeyValues: values = [] }) => {
      if (key === undefined) return [];
      return [[key, type?.endsWith('List') || values.length > 1 ? values : (values[0] ?? '')]];
    }),
  );
}

function callerOf(arn: string | undefined, who: Caller): Caller {
  if (arn === undefined) return who;
  const account = parseArn(arn)?.account;
  if (!account || !/^arn:aws:iam::\d{12}:user\//.test(arn)) {
    throw new ApiError('InvalidInputException', `CallerArn must be the ARN of a user: ${arn} is none.`);
  }
  return { ...who, arn, account, kind: 'User' };
}
