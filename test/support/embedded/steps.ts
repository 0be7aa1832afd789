import type { Json, JsonObject } from '../../../src/api/json.js';

/** A step that runs one container, whose command is the step's name: that is how scripts know it. */
export function podStep(name: string, more: JsonObject = {}): JsonObject {
  return { name, pod: { spec: { containers: [container(name)] } }, ...more };
}

export function jobStep(name: string, more: JsonObject = {}): JsonObject {
  return { name, job: { spec: { template: { spec: { containers: [container(name)] } } } }, ...more };
}

export function delayStep(name: string, delay: string, more: JsonObject = {}): JsonObject {
  return { name, delay, ...more };
}

export function container(step: string, more: JsonObject = {}): JsonObject {
  return { name: 'main', image: 'registry.example.com/tool:1', command: [step], ...more };
}

/** The spec of a run with these steps. */
export function workflow(steps: readonly Json[], more: JsonObject = {}): JsonObject {
  return { steps, ...more };
}
