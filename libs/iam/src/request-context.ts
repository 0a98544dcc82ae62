import { parseArn } from './arn.js';
import type { Caller, Resource } from './caller.js';
import type { PrincipalPolicies } from './policy.js';

/** A condition key as a policy names it. */
export interface ConditionKey {
  readonly name: string;
  readonly lower: string;
}

/** Makes a key that is looked up without regard to case. */
export function conditionKey(name: string): ConditionKey {
  return { name, lower: name.toLowerCase() };
}

/** Values of the condition keys of one request on one resource. Names of keys are the same in upper and lower case. */
export class RequestContext {
  constructor(
    readonly caller: Caller,
    private readonly policies: PrincipalPolicies,
    readonly action: string,
    readonly resource: Resource,
    private readonly now: Date,
  ) {}

  /** @returns undefined when the request has no such key */
  valuesOf(key: ConditionKey): readonly string[] | undefined {
    const { context } = this.resource;
    const given = context && lookUp(context, key.name, key.lower);
    if (given !== undefined) return typeof given === 'string' ? [given] : given;
    const value = key.lower.startsWith('aws:') ? this.globalOf(key) : this.serviceOf(key);
    return value === undefined ? undefined : [value];
  }

  private globalOf(key: ConditionKey): string | undefined {
    const { caller } = this;
    switch (key.lower) {
      case 'aws:principalarn':
        return caller.issuerArn ?? caller.arn;
      case 'aws:principalaccount':
        return caller.account;
      case 'aws:principaltype':
        return caller.kind === 'Root' ? 'Account' : caller.kind;
      case 'aws:userid':
        return caller.userId;
      case 'aws:username':
        return caller.kind === 'User' ? this.policies.userName : undefined;
      case 'aws:sourceip':
        return caller.sourceIp;
      case 'aws:useragent':
        return caller.userAgent;
      case 'aws:requestedregion':
        return caller.region;
      case 'aws:securetransport':
        return caller.secureTransport === undefined ? undefined : String(caller.secureTransport);
      case 'aws:currenttime':
        return this.now.toISOString();
      case 'aws:epochtime':
        return String(Math.floor(this.now.getTime() / 1000));
      case 'aws:tokenissuetime':
        return caller.tokenIssuedAt === undefined ? undefined : new Date(caller.tokenIssuedAt).toISOString();
      case 'aws:multifactorauthpresent':
        // AWS has it for temporary credentials only; there is no second factor here.
        return caller.tokenIssuedAt === undefined ? undefined : 'false';
      case 'aws:viaawsservice':
      case 'aws:principalisawsservice':
        return 'false';
      case 'aws:resourceaccount':
        return parseArn(this.resource.arn)?.account || undefined;
      default:
        return this.tagOf(key);
    }
  }

  private tagOf(key: ConditionKey): string | undefined {
    if (key.lower.startsWith(PRINCIPAL_TAG)) return tag(this.policies.tags, key, PRINCIPAL_TAG.length);
    if (key.lower.startsWith(RESOURCE_TAG)) return tag(this.resource.tags, key, RESOURCE_TAG.length);
    return undefined;
  }

  /** `ssm:resourceTag/…`, `iam:ResourceTag/…`: the service's own name for `aws:ResourceTag/…`. */
  private serviceOf(key: ConditionKey): string | undefined {
    const name = key.lower.indexOf(':') + 1;
    if (!key.lower.startsWith('resourcetag/', name)) return undefined;
    if (this.action.slice(0, name).toLowerCase() !== key.lower.slice(0, name)) return undefined;
    return tag(this.resource.tags, key, name + 'resourcetag/'.length);
  }
}

const PRINCIPAL_TAG = 'aws:principaltag/';
const RESOURCE_TAG = 'aws:resourcetag/';

function tag(tags: Readonly<Record<string, string>> | undefined, key: ConditionKey, from: number): string | undefined {
  return tags && lookUp(tags, key.name.slice(from), key.lower.slice(from));
}

/** By the name as it is written, else by the same name in other letters. */
function lookUp<T>(values: Readonly<Record<string, T>>, name: string, lower: string): T | undefined {
  if (Object.hasOwn(values, name)) return values[name];
  for (const [each, value] of Object.entries(values)) if (each.toLowerCase() === lower) return value;
  return undefined;
}
