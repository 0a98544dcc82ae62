/** Why a request was refused: which policy denies it, or which would have had to allow it. */
export type Refusal = keyof typeof explicit | keyof typeof implicit;

const explicit = {
  'deny in an identity-based policy': 'an identity-based policy',
  'deny in a resource-based policy': 'a resource-based policy',
  'deny in a permissions boundary': 'a permissions boundary',
  'deny in a session policy': 'a session policy',
};

const implicit = {
  'no identity-based policy': 'identity-based policy',
  'no resource-based policy': 'resource-based policy',
  'no permissions boundary': 'permissions boundary',
  'no session policy': 'session policy',
};

/** The sentence that AWS answers. */
export function accessDenied(callerArn: string, action: string, resource: string, refusal: Refusal): string {
  const what = `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource}`;
  // What a role's trust policy refuses is called by its name.
  const trust = action === 'sts:AssumeRole' && refusal.endsWith('resource-based policy');
  if (refusal in explicit) {
    return `${what} with an explicit deny in ${trust ? 'the role trust policy' : explicit[refusal as keyof typeof explicit]}`;
  }
  return `${what} because no ${trust ? 'role trust policy' : implicit[refusal as keyof typeof implicit]} allows the ${action} action`;
}
