/** The set-up cannot go on; the message is for the person at the terminal and says what to do next. */
export class BootstrapFailed extends Error {}
