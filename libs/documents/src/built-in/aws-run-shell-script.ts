/** Runs shell commands: one script made of all lines. Parameters are those that clients of AWS know. */
export const awsRunShellScript = {
  schemaVersion: '2.2',
  description: 'Run a shell script or the commands that you give, in one shell, in their order.',
  parameters: {
    commands: {
      type: 'StringList',
      description: '(Required) The lines of the script.',
      minItems: 1,
      displayType: 'textarea',
    },
    workingDirectory: {
      type: 'String',
      description: '(Optional) The folder on the node in which the script starts.',
      default: '',
      maxChars: 4096,
    },
    executionTimeout: {
      type: 'String',
      description:
        '(Optional) Seconds that the script may run before it is ended and counts as timed out. Default 3600 (1 hour), at most 172800 (48 hours).',
      default: '3600',
      allowedPattern: '([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)',
    },
  },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'runShellScript',
      inputs: {
        runCommand: '{{ commands }}',
        workingDirectory: '{{ workingDirectory }}',
        timeoutSeconds: '{{ executionTimeout }}',
      },
    },
  ],
};
