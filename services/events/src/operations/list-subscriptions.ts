import type { ListSubscriptionsRequest, ListSubscriptionsResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { Credentials } from '../credentials.js';
import { subscriptionArn, subscriptionShape } from '../domain/subscription-shape.js';
import { Subscriptions } from '../store/subscriptions.js';

const PAGE = 50;

@Operation('muster', 'ListSubscriptions')
export class ListSubscriptions implements Handles<ListSubscriptionsRequest, Acted, ListSubscriptionsResult> {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly credentials: Credentials,
  ) {}

  load(_input: Valid<ListSubscriptionsRequest>, call: Call): Acted {
    return { on: [{ arn: subscriptionArn(call, '*') }] };
  }

  async handle(input: Valid<ListSubscriptionsRequest>, _acted: Acted, call: Call) {
    const most = input.MaxResults ?? PAGE;
    const after = positionOf<string>(call, null, input.NextToken) ?? '';
    const found = await this.subscriptions.list(call, after, most + 1);
    const page = found.slice(0, most);
    return {
      Subscriptions: page.map((each) => subscriptionShape(each, this.credentials.bus)),
      ...(found.length > most ? { NextToken: nextToken(call, null, page.at(-1)!.name) } : {}),
    };
  }
}
