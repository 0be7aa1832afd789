/** A step of a test workflow: a shell script in a pod, or a delay. */
export interface TestStep {
  readonly name: string;
  readonly script?: string;
  readonly delay?: string;
  /** More of the step, as YAML in one line: `idempotent: true`. */
  readonly more?: string;
}

interface TestWorkflow {
  readonly name: string;
  readonly steps: readonly TestStep[];
  readonly finally?: readonly TestStep[];
  /** More of the spec, as lines of YAML without indentation. */
  readonly spec?: string;
}

/** The YAML of a workflow, as short as it can be. */
export function workflowYaml({ name, steps, finally: last = [], spec = '' }: TestWorkflow): string {
  return [
    'apiVersion: lockstep.dev/v1alpha1',
    'kind: WorkflowExecution',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    ...spec.split('\n').flatMap((line) => (line === '' ? [] : [`  ${line}`])),
    '  steps:',
    ...steps.flatMap(stepLines),
    ...(last.length === 0 ? [] : ['  finally:', ...last.flatMap(stepLines)]),
    '',
  ].join('\n');
}

function stepLines({ name, script, delay, more }: TestStep): string[] {
  const container = `{ name: main, image: busybox, command: [sh, -c, ${JSON.stringify(script ?? '')}] }`;
  return [
    `    - name: ${name}`,
    delay === undefined ? `      pod: { spec: { containers: [${container}] } }` : `      delay: ${delay}`,
    ...(more === undefined ? [] : [`      ${more}`]),
  ];
}
