import { defineEvent } from '@muster/contracts';

/** Somebody outside may pull events from now on. */
export const subscriptionCreated = defineEvent<{ name: string; eventType?: string }>('events', 'subscription-created');

/** The credential of a subscription was replaced; the one before it reaches nothing any more. */
export const subscriptionCredentialRotated = defineEvent<{ name: string }>('events', 'subscription-credential-rotated');

/** A subscription and what its credential reached are gone. */
export const subscriptionDeleted = defineEvent<{ name: string }>('events', 'subscription-deleted');
