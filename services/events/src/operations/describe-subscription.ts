import type { DescribeSubscriptionRequest, DescribeSubscriptionResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Credentials } from '../credentials.js';
import { noSuchSubscription, subscriptionArn, subscriptionShape } from '../domain/subscription-shape.js';
import { Subscriptions } from '../store/subscriptions.js';

@Operation('muster', 'DescribeSubscription')
export class DescribeSubscription implements Handles<DescribeSubscriptionRequest, Acted, DescribeSubscriptionResult> {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly credentials: Credentials,
  ) {}

  load(input: Valid<DescribeSubscriptionRequest>, call: Call): Acted {
    return { on: [{ arn: subscriptionArn(call, input.Name) }] };
  }

  async handle(input: Valid<DescribeSubscriptionRequest>, _acted: Acted, call: Call) {
    const found = await this.subscriptions.find(call, input.Name);
    if (!found) throw noSuchSubscription(input.Name);
    return { Subscription: subscriptionShape(found, this.credentials.bus) };
  }
}
