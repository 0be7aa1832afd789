import type { JsonObject } from '../../src/api/json.js';

/** Runs on the real node (busybox) as on the machine of the embedded cluster. */
const IMAGE = 'busybox:1.36';

interface Container {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly env?: readonly JsonObject[];
  readonly resources?: JsonObject;
  /** More of the pod's spec. */
  readonly pod?: JsonObject;
  /** More of the step. */
  readonly step?: JsonObject;
}

/** A step with a pod of one container `main`. */
export function podStep(name: string, script: string, more: Container = {}): JsonObject {
  return { name, pod: { spec: podSpec(script, more) }, ...more.step };
}

/** A step with a Job of one pod of one container `main`, which the Job controller does not try again. */
export function jobStep(name: string, script: string, more: Container = {}): JsonObject {
  return { name, job: { spec: { template: { spec: podSpec(script, more) } } }, ...more.step };
}

/** A step that writes a JSON object of outputs, each with its name and type. */
export function outputStep(name: string, json: string, ...outputs: readonly (readonly [string, string])[]): JsonObject {
  const step = { outputs: outputs.map(([output, type]) => ({ name: output, type })) };
  return podStep(name, `echo '${json}' > "\${TERMINATION_LOG:-/dev/termination-log}"`, { step });
}

/** A step whose failures before its code runs are final. */
export const NO_RETRY: JsonObject = { retry: { preExecution: { limit: 0 } } };

function podSpec(script: string, { image = IMAGE, command, env, resources, pod }: Container): JsonObject {
  const main: JsonObject = {
    name: 'main',
    image,
    command: [...(command ?? ['sh', '-c', script])],
    ...(env === undefined ? {} : { env: [...env] }),
    ...(resources === undefined ? {} : { resources }),
  };
  return { containers: [main], ...pod };
}
