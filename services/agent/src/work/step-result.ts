/** What became of one step. */
export interface StepResult {
  /** StatusReport.Outcome; unspecified when the step was skipped. */
  readonly outcome: number;
  readonly exitCode: number;
  /** One sentence for a person when it did not succeed. */
  readonly reason: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly stdout?: StreamResult;
  readonly stderr?: StreamResult;
}

/** What is kept of a stream: the bytes themselves lie in the step's folder. */
export interface StreamResult {
  readonly length: number;
  /** Hex. */
  readonly sha256: string;
  readonly cut: boolean;
}
