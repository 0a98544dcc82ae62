/**
 * The generation of a stream's or consumer's settings stands in its description: metadata would need nats-server 2.10, and
 * the floor is 2.9.
 */
export function withGeneration(generation: number, sentence: string): string {
  return `${sentence} [generation ${generation}]`;
}

/** 0 when none is written there: made by hand, or by something older than generations. */
export function generationOf(description: string | undefined): number {
  return Number(/\[generation (\d+)\]$/.exec(description ?? '')?.[1] ?? 0);
}
