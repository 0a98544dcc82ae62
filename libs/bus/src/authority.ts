import type { Caller, Decision, Resource } from '@muster/iam';

/** Decides whether a caller may do something, on policies that are at most a second old. */
export abstract class Authority {
  /**
   * On all of them together; without resources, on `*`.
   * @throws ApiError ServiceUnavailable when identity cannot be asked: never a guess, neither yes nor no
   */
  abstract decide(caller: Caller, action: string, resources: readonly Resource[]): Promise<Decision>;
  /** On each of them, with the reasons. @throws ApiError ServiceUnavailable */
  abstract verdicts(caller: Caller, action: string, resources: readonly Resource[]): Promise<Decision[]>;

  /** On each of them: yes or no. @throws ApiError ServiceUnavailable */
  async decideEach(caller: Caller, action: string, resources: readonly Resource[]): Promise<boolean[]> {
    return (await this.verdicts(caller, action, resources)).map((each) => each.allowed);
  }
  /**
   * The revision of all that identity knows, at most a second old: what was learnt at an older one is asked anew.
   * @throws ApiError ServiceUnavailable
   */
  abstract revision(): Promise<bigint>;
}
