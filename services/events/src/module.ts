import { Service } from '@muster/bus';
import { Module } from '@nestjs/common';

import { eventsConfig } from './config.js';
import { Credentials } from './credentials.js';
import { Durables } from './durables.js';
import { migrations } from './migrations/index.js';
import { CreateSubscription } from './operations/create-subscription.js';
import { DeleteSubscription } from './operations/delete-subscription.js';
import { DescribeSubscription } from './operations/describe-subscription.js';
import { ListSubscriptions } from './operations/list-subscriptions.js';
import { RotateSubscriptionCredential } from './operations/rotate-subscription-credential.js';
import { EmptyAccount } from './rpc/empty-account.js';
import { IssueWatchCredential } from './rpc/issue-watch-credential.js';
import { Subscriptions } from './store/subscriptions.js';
import { ReconcileDurables } from './sweeps/reconcile-durables.js';

const operations = [
  CreateSubscription,
  DescribeSubscription,
  ListSubscriptions,
  RotateSubscriptionCredential,
  DeleteSubscription,
];

/** Who outside of Muster may pull which events. */
@Service({ name: 'events', schema: 'events', migrations, config: eventsConfig })
@Module({
  providers: [
    ...operations,
    EmptyAccount,
    IssueWatchCredential,
    ReconcileDurables,
    Subscriptions,
    Durables,
    Credentials,
  ],
})
export class EventsModule {}
