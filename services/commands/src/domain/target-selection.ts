/** Which nodes a command is for. All conditions must hold. */
export interface TargetSelection {
  /** Absent: any node. */
  readonly nodeIds?: readonly string[];
  readonly tags: readonly TagCondition[];
}

/** The node has the tag; with one of the values, if there are any. */
export interface TagCondition {
  readonly key: string;
  readonly values: readonly string[];
}

/** As SendCommand takes it. */
export interface GivenTargets {
  readonly instanceIds: readonly string[];
  readonly targets: readonly { readonly Key?: string | undefined; readonly Values?: readonly string[] | undefined }[];
}

/** The request names its nodes in a way that Run Command doesn't know. The message is for the caller. */
export class BadTargets extends Error {
  override readonly name = 'BadTargets';
}

const formats =
  'Give InstanceIds (up to 50), or up to 5 Targets with the keys InstanceIds, tag:<key> (each with up to 50 values) or tag-key.';

/** Reads InstanceIds and Targets. @throws BadTargets */
export function targetSelection({ instanceIds, targets }: GivenTargets): TargetSelection {
  if (instanceIds.length > 0 && targets.length > 0) {
    throw new BadTargets(`InstanceIds and Targets exclude each other. ${formats}`);
  }
  if (instanceIds.length > 0) return { nodeIds: instanceIds, tags: [] };
  if (targets.length === 0) throw new BadTargets(`There is no target. ${formats}`);

  let nodeIds: readonly string[] | undefined;
  const tags: TagCondition[] = [];
  for (const { Key: key = '', Values: values = [] } of targets) {
    if (values.length === 0) throw new BadTargets(`The target ${key} has no values. ${formats}`);
    if (key.toLowerCase() === 'instanceids') {
      if (nodeIds) throw new BadTargets(`The target key InstanceIds is there twice. ${formats}`);
      nodeIds = [...new Set(values)];
    } else if (key.startsWith('tag:') && key.length > 4) {
      tags.push({ key: key.slice(4), values });
    } else if (key === 'tag-key') {
      if (values.length > 1) throw new BadTargets('The target tag-key takes one tag key here.');
      tags.push({ key: values[0]!, values: [] });
    } else if (key.startsWith('resource-groups:')) {
      throw new BadTargets(
        'Resource groups are not there yet in this version of Muster: target by tag: or InstanceIds.',
      );
    } else {
      throw new BadTargets(`There is no target key ${key}. ${formats}`);
    }
  }
  if (nodeIds?.includes('*')) {
    throw new BadTargets(
      'InstanceIds=* is for State Manager and Automation only: target by a tag that all nodes have.',
    );
  }
  return nodeIds ? { nodeIds, tags } : { tags };
}

/** Whether a node's tags meet all conditions. */
export function hasTags(tags: Readonly<Record<string, string>>, conditions: readonly TagCondition[]): boolean {
  return conditions.every(({ key, values }) => {
    const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
    return value !== undefined && (values.length === 0 || values.includes(value));
  });
}
