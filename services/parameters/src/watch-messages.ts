import { type WatchParametersResult, serviceModel } from '@muster/aws-protocol';
import { Bus } from '@muster/bus';
import { Injectable } from '@nestjs/common';

import type { Watch } from './domain/watch.js';

/** Says things to watchers: over the bus to whoever has the subject, or into the gateway's inbox of a stream. */
@Injectable()
export class WatchMessages {
  private readonly model = serviceModel('muster').operations.get('WatchParameters')!;

  constructor(private readonly bus: Bus) {}

  /** Lost when the bus is away: the sequence shows it. */
  publish(subject: string, message: WatchParametersResult): void {
    this.bus.publish(subject, this.model.encode(message, '').body);
  }

  /** Says why a watch has ended. */
  publishEnd({ id, subject, sequence, endedAt, endReason, endMessage }: Watch): void {
    this.publish(subject, {
      Event: 'End',
      WatchId: id,
      Sequence: sequence,
      Time: endedAt!,
      Reason: endReason!,
      Message: endMessage ?? '',
    });
  }
}
