import { type OperationModel } from '@muster/aws-protocol';
import type { AuditRecord, AuditedIdentity } from '@muster/contracts';
import { type Caller, type Decision, type Resource, parseArn } from '@muster/iam';
import type { Audit, AuditEntry, Clock, Ids } from '@muster/persistence';

/** Most resources and statements that a record names. */
const MOST_NAMED = 100;

/** Actions that use a key: who asked for one has seen, or made, something secret. */
const USES_KEY = /^kms:(Decrypt|Encrypt|GenerateDataKey\w*|ReEncrypt\w*)$/i;

const READS = /^(Get|List|Describe|Decrypt|Encrypt|Generate|ReEncrypt|Search|Simulate|Watch|Diff|Export|Resolve)/;

/** What is found out about one call, until it is written down. */
export class CallAudit implements Audit {
  private readonly resources = new Map<string, string | undefined>();
  private further = 0;
  private readonly allowedBy = new Set<string>();
  /** What a Deny said last; whether the call ended by it is not said. */
  private lastDeny: { message: string; deniedBy: string } | undefined;
  private denial: { message: string; deniedBy?: string } | undefined;
  private isKept = false;
  private keys = false;

  constructor(
    private readonly model: OperationModel,
    private readonly caller: Caller,
    private readonly requestId: string,
    private readonly around: { readonly clock: Clock; readonly ids: Ids },
  ) {}

  /** Whether it used a key and is not written down yet. */
  get mustBeKept(): boolean {
    return this.keys && !this.isKept;
  }

  /** A decision was made on these. */
  decided(decision: Decision, action: string, resources: readonly Resource[]): void {
    for (const { arn } of resources) this.name(arn);
    if (!decision.allowed) {
      if (decision.deniedBy) this.lastDeny = { message: decision.message, deniedBy: decision.deniedBy };
      return;
    }
    for (const label of decision.by) if (this.allowedBy.size < MOST_NAMED) this.allowedBy.add(label);
    this.keys ||= USES_KEY.test(action) || resources.some((each) => each.action && USES_KEY.test(each.action));
  }

  /** It ended with a refusal, by a policy or by a rule of the operation. */
  denied(message: string): void {
    this.denial = this.lastDeny?.message === message ? this.lastDeny : { message };
  }

  kept(): void {
    this.isKept = true;
  }

  entries(): readonly AuditEntry[] {
    if (this.isKept) return [];
    const { caller } = this;
    // Nobody fills the trail of an account that does not let them in.
    const owners = this.denial ? [] : [...this.resources.values()].flatMap((owner) => owner ?? []);
    const base = this.record();
    return [...new Set([caller.account, ...owners])].map((account) => ({
      scope: { account, region: caller.region },
      record: { ...base, recipientAccountId: account },
    }));
  }

  private name(arn: string): void {
    if (arn === '*' || this.resources.has(arn)) return;
    if (this.resources.size >= MOST_NAMED) this.further++;
    else this.resources.set(arn, ownerOf(arn));
  }

  private record(): Omit<AuditRecord, 'recipientAccountId'> {
    const { caller, denial } = this;
    return {
      eventVersion: '1.11',
      eventID: this.around.ids.uuid(),
      eventTime: seconds(this.around.clock.now()),
      eventType: 'AwsApiCall',
      eventCategory: 'Management',
      managementEvent: true,
      eventSource: `${this.model.service.signingName}.amazonaws.com`,
      eventName: this.model.name,
      awsRegion: caller.region,
      ...(caller.sourceIp !== undefined && { sourceIPAddress: caller.sourceIp }),
      ...(caller.userAgent !== undefined && { userAgent: caller.userAgent }),
      requestID: this.requestId,
      readOnly: READS.test(this.model.name),
      userIdentity: identityOf(caller),
      resources: [...this.resources].map(([ARN, accountId]) => ({ ARN, ...(accountId && { accountId }) })),
      ...(denial && { errorCode: 'AccessDenied', errorMessage: denial.message }),
      additionalEventData: {
        ...(denial ? denial.deniedBy && { deniedBy: denial.deniedBy } : { allowedBy: [...this.allowedBy] }),
        ...(this.further > 0 && { furtherResources: this.further }),
      },
    };
  }
}

function identityOf(caller: Caller): AuditedIdentity {
  const { kind, userId, arn, account, accessKeyId, issuerArn, tokenIssuedAt } = caller;
  return {
    type: kind === 'AssumedRole' || kind === 'Root' ? kind : 'IAMUser',
    principalId: userId,
    arn,
    accountId: account,
    ...(accessKeyId !== undefined && { accessKeyId }),
    ...(kind === 'User' && { userName: lastOf(arn) }),
    ...(tokenIssuedAt !== undefined && {
      sessionContext: {
        attributes: { creationDate: seconds(new Date(tokenIssuedAt)), mfaAuthenticated: 'false' },
        ...(issuerArn !== undefined && {
          sessionIssuer: {
            type: 'Role',
            principalId: userId.split(':')[0]!,
            arn: issuerArn,
            accountId: account,
            userName: lastOf(issuerArn),
          },
        }),
      },
    }),
  };
}

function lastOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function ownerOf(arn: string): string | undefined {
  const account = parseArn(arn)?.account;
  return account && /^\d{12}$/.test(account) ? account : undefined;
}

function seconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
