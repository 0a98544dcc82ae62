import { type Announcement, type CloudEvent, subjects } from '@muster/contracts';
import { traceparent } from '@muster/telemetry';

import type { Clock } from './clock.js';
import type { Ids } from './ids.js';

/** An event with the subject that it is published on. */
export interface PublishableEvent {
  readonly subject: string;
  readonly event: CloudEvent;
}

/** Gives an announcement its id, time and trace. */
export function cloudEvent(announced: Announcement<unknown>, clock: Clock, ids: Ids): PublishableEvent {
  const { account, region } = announced.scope;
  const { service, what, type } = announced.eventType;
  const trace = traceparent();
  return {
    subject: subjects.event(account, region, service, what),
    event: {
      specversion: '1.0',
      id: ids.uuid(),
      source: `/${account}/${region}/${service}`,
      type,
      subject: announced.subject,
      time: clock.now().toISOString(),
      datacontenttype: 'application/json',
      data: announced.data,
      ...(trace === undefined ? {} : { traceparent: trace }),
    },
  };
}
