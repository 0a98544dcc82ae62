/** A step of the document, under the names by which clients know it. */
export interface CommandStepName {
  /** In the document, and in what nodes report. */
  readonly name: string;
  /** `aws:runShellScript` */
  readonly plugin: string;
  /** AWS's PluginName. */
  readonly shown: string;
}

/**
 * Built-in documents that AWS has in schema 1.2, where a plugin has no name but its action: clients ask for
 * `aws:runShellScript`. In schema 2.x the plugin name is the step's.
 */
const shownByAction = new Set(['AWS-RunShellScript', 'AWS-RunPowerShellScript']);

export function stepNames(
  documentName: string,
  steps: readonly { readonly name: string; readonly action: string }[],
): CommandStepName[] {
  return steps.map(({ name, action }) => ({
    name,
    plugin: action,
    shown: shownByAction.has(documentName) ? action : name,
  }));
}

/** The step of that name; without a name the only step there is. */
export function stepNamed(steps: readonly CommandStepName[], name: string | undefined): CommandStepName | undefined {
  if (name === undefined) return steps.length === 1 ? steps[0] : undefined;
  return steps.find(
    (step) => step.shown === name || step.name === name || (steps.length === 1 && step.plugin === name),
  );
}
