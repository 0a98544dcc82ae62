/** The way to the control plane, as work sees it. */
export interface Uplink {
  /** Resolves when the stream has the report; rejects when it did not take it, or nobody knows. */
  status(report: Uint8Array): Promise<void>;
  /** The same for a piece of output. The id is the same whenever the piece is. */
  output(chunk: Uint8Array, id: string): Promise<void>;
}
