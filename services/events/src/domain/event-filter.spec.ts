import { eventFilter } from './event-filter.js';

describe('what a subscription is about', () => {
  const scope = { account: '123456789012', region: 'us-east-1' };

  it.each([
    [undefined, 'events.123456789012.us-east-1.>'],
    ['parameters', 'events.123456789012.us-east-1.parameters.>'],
    ['parameters.changed', 'events.123456789012.us-east-1.parameters.changed'],
  ])('%s', (eventType, filter) => expect(eventFilter(scope, eventType)).toBe(filter));
});
