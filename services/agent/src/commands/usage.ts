/** The command line is not right: the message says what is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `muster-agent help` prints. */
export const usage = `muster-agent: the agent of a managed node

  muster-agent register --activation-id ID --activation-code CODE --url URL
      Makes this machine a node. CODE may come from a file: --activation-code-file PATH.
        --ca-pin SHA256   the fingerprint of the server's CA, when it has one of its own
        --force           replaces a registration that is there
        --allow-plain-http  sends the activation code unencrypted to another machine

  muster-agent run        Connects and works, until it is told to stop (SIGTERM).
  muster-agent status     Says how it stands.
  muster-agent version

Everywhere: --state-dir DIR   default /var/lib/muster-agent, or ~/.local/state/muster-agent for others than root
`;
