import type { Scope } from '../parameter-name.js';
import type { DeclaredParameter } from './declared-parameter.js';
import type { Variables } from './dynamic-reference.js';

/**
 * What `${…}` may stand for in a dynamic reference: what the caller gave in the clear, and where the call is. Values of
 * Parameter Store are not among them: the name that they would make could tell them to whoever may not read them.
 */
export function templateVariables(
  declared: readonly DeclaredParameter[],
  values: ReadonlyMap<string, string>,
  { account, region }: Scope,
): Variables {
  const pseudo = new Map([
    ['AWS::AccountId', account],
    ['AWS::Partition', 'aws'],
    ['AWS::Region', region],
  ]);
  const open = new Set(declared.filter(({ type, noEcho }) => !noEcho && type.store !== 'value').map(({ key }) => key));
  return (name) => pseudo.get(name) ?? (open.has(name) ? values.get(name) : undefined);
}
