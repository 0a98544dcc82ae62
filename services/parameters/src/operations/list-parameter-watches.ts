import type { ListParameterWatchesRequest, ListParameterWatchesResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { watchArn, watchShape } from '../domain/watch.js';
import { Watches } from '../store/watches.js';

const PAGE = 50;

@Operation('muster', 'ListParameterWatches')
export class ListParameterWatches implements Handles<ListParameterWatchesRequest, Acted, ListParameterWatchesResult> {
  constructor(private readonly watches: Watches) {}

  load(_input: Valid<ListParameterWatchesRequest>, call: Call): Acted {
    return { on: [{ arn: watchArn(call, '*') }] };
  }

  async handle(input: Valid<ListParameterWatchesRequest>, _acted: Acted, call: Call) {
    const most = input.MaxResults ?? PAGE;
    const after = positionOf<string>(call, null, input.NextToken) ?? '';
    const found = await this.watches.list(call, after, most + 1);
    const page = found.slice(0, most);
    return {
      Watches: page.map(watchShape),
      ...(found.length > most ? { NextToken: nextToken(call, null, page.at(-1)!.id) } : {}),
    };
  }
}
