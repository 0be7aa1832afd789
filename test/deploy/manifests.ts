import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/api/json.js';

/** The objects of a YAML text. */
export function objectsOf(text: string): readonly JsonObject[] {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as unknown);
  return documents.filter((object): object is JsonObject => typeof object === 'object' && object !== null);
}

export function objectsIn(path: string): readonly JsonObject[] {
  return objectsOf(readFileSync(path, 'utf8'));
}

const made = new Map<string, readonly JsonObject[]>();

/** What kubectl makes of a folder. */
export function kustomized(folder: string): readonly JsonObject[] {
  const known = made.get(folder);
  if (known !== undefined) return known;
  const objects = objectsOf(execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' }));
  made.set(folder, objects);
  return objects;
}

/** What Helm makes of the chart. */
export function charted(namespace: string, values: Readonly<Record<string, string>>): readonly JsonObject[] {
  const args = ['template', 'lockstep', 'deploy/chart', '-n', namespace, '--kube-version', '1.35.0', '--include-crds'];
  for (const [name, value] of Object.entries(values)) args.push('--set', `${name}=${value}`);
  return objectsOf(execFileSync(helm(), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

function helm(): string {
  return process.env['LOCKSTEP_TEST_HELM'] ?? process.env['HELM'] ?? 'helm';
}

/** Whether a tool is on this machine. */
export function has(tool: 'kubectl' | 'helm'): boolean {
  try {
    execFileSync(tool === 'helm' ? helm() : tool, tool === 'helm' ? ['version'] : ['version', '--client'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    // Not there, or not for this machine: the test says that it was skipped.
    return false;
  }
}

/** The one object of a kind and name. */
export function the(objects: readonly JsonObject[], kind: string, name: string): JsonObject {
  const found = objects.filter((object) => object['kind'] === kind && metadataOf(object)['name'] === name);
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`there are ${found.length} objects ${kind} ${name}`);
  return one;
}

export function metadataOf(object: JsonObject): JsonObject {
  return object['metadata'] as JsonObject;
}
