const DAY_MS = 24 * 60 * 60 * 1000;

/** How often a key is rotated when nobody says anything else. */
export const ROTATION_DAYS = 365;
/** How often a key may be rotated on demand in its life, as AWS's quota says. */
export const MOST_ON_DEMAND = 25;

/** From `start` on, a key is rotated every so many days. */
export function rotationFrom(start: Date, days = ROTATION_DAYS): { rotationDays: number; nextRotationAt: Date } {
  return { rotationDays: days, nextRotationAt: new Date(start.getTime() + days * DAY_MS) };
}

/** So many days after `start`. */
export function daysAfter(start: Date, days: number): Date {
  return new Date(start.getTime() + days * DAY_MS);
}
