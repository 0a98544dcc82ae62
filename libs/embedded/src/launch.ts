/** How a server is started as a child. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Where it may not run as the user who starts it. */
  readonly uid?: number;
  readonly gid?: number;
}

/** A server that is ready to be started, by `startServer` or by a supervisor. */
export interface ServerPlan {
  readonly name: string;
  readonly launch: Launch;
  /**
   * Resolves when the started server serves.
   * @param pid of the process that was started from `launch`
   * @param gone aborted when it ends, or when nobody waits any longer; then it rejects
   */
  ready(pid: number, gone: AbortSignal): Promise<void>;
}
