/** What the supervisor says to a process of services. */
export interface ToHost {
  /** Written down, told to the guard; bus and database answer. */
  readonly go: true;
}

/** What a process of services says to the supervisor. */
export interface FromHost {
  /** All its services answer. */
  readonly ready: true;
}
