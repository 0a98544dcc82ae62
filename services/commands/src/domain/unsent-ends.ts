/** Never sent by the end of the delivery time-out: it did not run. */
export const deliveryTimedOut = {
  status: 'TimedOut',
  details: 'DeliveryTimedOut',
  reason: 'It could not be delivered in time. It did not run.',
} as const;

/** Not sent when MaxErrors was exceeded: it did not run. */
export const terminated = {
  status: 'Cancelled',
  details: 'Terminated',
  reason: 'The command had more errors than MaxErrors allows before this node was reached. It did not run.',
} as const;

/** Not sent when the command was cancelled: it did not run. */
export const cancelledUnsent = { status: 'Cancelled', details: 'Cancelled', reason: '' } as const;
