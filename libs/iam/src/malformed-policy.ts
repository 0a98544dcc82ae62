/** A policy document was refused. The message names the element, the rule and what is allowed instead. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}
