/** A time that a node reported: its clock may say anything, and what is no date is left out. */
export function nodeTime(ms: bigint): Date | null {
  const value = Number(ms);
  // Postgres ends at the year 294276, a Date at 275760.
  return value > 0 && value < 8.64e15 ? new Date(value) : null;
}
