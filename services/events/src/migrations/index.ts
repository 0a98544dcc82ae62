import { CreateSubscription1764000200000 } from './1764000200000-create-subscription.js';

export const migrations = [CreateSubscription1764000200000];
