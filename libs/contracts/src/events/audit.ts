import { type EventType, defineEvent } from '../cloud-event.js';

/**
 * What was done or refused, in the form of a CloudTrail record. It holds nothing of what was sent or answered: no
 * parameter of a request is ever in it.
 */
export interface AuditRecord {
  readonly eventVersion: '1.11';
  /** The same in every copy of the record: a call into another account is kept in both. */
  readonly eventID: string;
  /** RFC 3339, UTC, whole seconds. */
  readonly eventTime: string;
  readonly eventType: 'AwsApiCall';
  readonly eventCategory: 'Management';
  readonly managementEvent: true;
  /** `ssm.amazonaws.com` */
  readonly eventSource: string;
  /** `PutParameter` */
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress?: string;
  readonly userAgent?: string;
  /** As the caller got it in `x-amzn-RequestId`. */
  readonly requestID: string;
  readonly readOnly: boolean;
  readonly userIdentity: AuditedIdentity;
  /** What it was decided on; at most a hundred. */
  readonly resources: readonly { readonly ARN: string; readonly accountId?: string }[];
  readonly recipientAccountId: string;
  /** Present when it was refused. */
  readonly errorCode?: 'AccessDenied';
  readonly errorMessage?: string;
  readonly additionalEventData: {
    /** The statements that allowed it, `<policy>/<Sid or statement n>`. */
    readonly allowedBy?: readonly string[];
    /** The Deny statement that refused it; absent when nothing allowed it. */
    readonly deniedBy?: string;
    /** How many more resources there were. */
    readonly furtherResources?: number;
  };
}

/** Who did it. */
export interface AuditedIdentity {
  readonly type: 'IAMUser' | 'AssumedRole' | 'Root';
  readonly principalId: string;
  readonly arn: string;
  readonly accountId: string;
  readonly accessKeyId?: string;
  readonly userName?: string;
  /** Of temporary credentials. */
  readonly sessionContext?: {
    readonly attributes: { readonly creationDate: string; readonly mfaAuthenticated: 'false' };
    readonly sessionIssuer?: {
      readonly type: 'Role';
      readonly principalId: string;
      readonly arn: string;
      readonly accountId: string;
      readonly userName: string;
    };
  };
}

/** Calls that changed something, decrypted something, or were refused. One event for each group that was committed together. */
export type Audited = EventType<{ readonly Records: readonly AuditRecord[] }>;

const made = new Map<string, Audited>();

/** The audit event of a service. */
export function auditedBy(service: string): Audited {
  let audited = made.get(service);
  if (!audited) made.set(service, (audited = defineEvent(service, 'audited')));
  return audited;
}
