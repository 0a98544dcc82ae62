import { defineEvent } from '../cloud-event.js';

/**
 * A command's status changed. Data as in EventBridge's "EC2 Command Status-change Notification", without the parameters:
 * they may hold secrets.
 */
export const commandStatusChanged = defineEvent<{
  'command-id': string;
  'document-name': string;
  /** RFC 3339, UTC. */
  'expire-after': string;
  'requested-date-time': string;
  status: string;
  'status-details': string;
}>('commands', 'command-status-changed');

/** One node's invocation changed its status. Data as in EventBridge's "EC2 Command Invocation Status-change Notification". */
export const invocationStatusChanged = defineEvent<{
  'command-id': string;
  'document-name': string;
  'instance-id': string;
  /** RFC 3339, UTC. */
  'requested-date-time': string;
  status: string;
  'status-details': string;
}>('commands', 'invocation-status-changed');

/** A node reported, after its invocation had been given up, that it went otherwise. The status stays as it was. */
export const invocationCorrected = defineEvent<{
  'command-id': string;
  'document-name': string;
  'instance-id': string;
  status: string;
  'status-details': string;
  'observed-status': string;
  'observed-status-details': string;
  'observed-response-code': number;
}>('commands', 'invocation-corrected');
