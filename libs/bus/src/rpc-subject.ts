import type { DescMethodUnary } from '@bufbuild/protobuf';
import { subjects } from '@muster/contracts';

/** `muster.registry.v1.Registry.ResolveTargets` → `rpc.registry.resolveTargets`. */
export function rpcSubject(method: DescMethodUnary): string {
  return subjects.rpc(rpcOwner(method), method.localName);
}

/** The service that answers a method: the last part of its package before the version. */
export function rpcOwner(method: DescMethodUnary): string {
  const parts = method.parent.file.proto.package.split('.');
  const owner = parts.findLast((part) => !/^v\d+$/.test(part));
  if (!owner) throw new TypeError(`${method.name} lies in no package: it cannot have a subject`);
  return owner;
}
