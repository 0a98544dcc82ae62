/** The state folder cannot be used as it is. The message says what is wrong and what a person can do. */
export class BrokenState extends Error {
  override readonly name = 'BrokenState';
}
