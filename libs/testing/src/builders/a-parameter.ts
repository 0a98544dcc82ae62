import { randomBytes } from 'node:crypto';

/** Input of `ssm:PutParameter`: a String with a name of its own. */
export function aParameter<P extends object>(what: P = {} as P): { Name: string; Value: string; Type: 'String' } & P {
  return { Name: `/test/${randomBytes(6).toString('hex')}`, Value: 'a value', Type: 'String', ...what };
}
