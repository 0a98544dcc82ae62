import type { CancelAnswer, Invoke, InvokeAnswer } from '@muster/contracts';

/** What a node does with what the control plane asks; the link knows no more of work. */
export interface NodeWork {
  /** Answers once it is safe on disk. */
  invoke(id: string, invoke: Invoke, traceparent: string | undefined): Promise<InvokeAnswer>;
  cancel(id: string): Promise<CancelAnswer>;
  settled(id: string): Promise<void>;
  /** Finished and not settled; accepted or running. */
  standing(): { readonly unsettled: readonly string[]; readonly running: readonly string[] };
  /** The control plane listens: what it may not know is told again. */
  granted(): void;
}
