import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../api/json.js';
import { at } from './field-path.js';

/** A text in which references are allowed: the value of an env entry, or an element of args or command. */
export interface TemplateSite {
  readonly kind: 'env' | 'element';
  /** Relative to the input. */
  readonly path: string;
  readonly text: string;
}

/** What takes the place of a site's text. */
export type Replacement =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'secret'; readonly name: string; readonly key: string };

type Visit = (site: TemplateSite) => Replacement;

/** Where the pod spec of an executor's input is. Inputs of other executors have no references. */
const POD_SPEC_AT: Readonly<Record<string, readonly string[]>> = {
  pod: ['spec'],
  job: ['spec', 'template', 'spec'],
};

/** The keys that lead to an executor's pod spec, or null where it has none. */
export function podSpecKeys(executor: string): readonly string[] | null {
  return Object.hasOwn(POD_SPEC_AT, executor) ? (POD_SPEC_AT[executor] ?? null) : null;
}

/**
 * The input with the texts of its sites replaced: the only places in which a parameter or an output may stand (design
 * review X2). Everything else is the same, structurally; what has an unexpected shape is left as it is.
 */
export function rewriteSites(executor: string, input: JsonObject, { visit }: { readonly visit: Visit }): JsonObject {
  const keys = podSpecKeys(executor);
  return keys === null ? input : rewriteAt(input, keys, { path: '', visit });
}

interface Walk {
  readonly path: string;
  readonly visit: Visit;
}

function rewriteAt(object: JsonObject, keys: readonly string[], { path, visit }: Walk): JsonObject {
  const [key, ...rest] = keys;
  if (key === undefined) return rewritePodSpec(object, { path, visit });
  return rewriteMember(object, key, (value) =>
    isJsonObject(value) ? rewriteAt(value, rest, { path: at(path, key), visit }) : value,
  );
}

function rewritePodSpec(spec: JsonObject, walk: Walk): JsonObject {
  return ['initContainers', 'containers'].reduce(
    (whole, key) =>
      rewriteList(whole, key, {
        walk,
        item: (container, own) => (isJsonObject(container) ? rewriteContainer(container, own) : container),
      }),
    spec,
  );
}

function rewriteContainer(container: JsonObject, walk: Walk): JsonObject {
  const element = (value: Json, own: Walk): Json => (typeof value === 'string' ? rewriteElement(value, own) : value);
  const command = rewriteList(container, 'command', { walk, item: element });
  const args = rewriteList(command, 'args', { walk, item: element });
  return rewriteList(args, 'env', {
    walk,
    item: (entry, own) => (isJsonObject(entry) ? rewriteEnv(entry, own) : entry),
  });
}

function rewriteElement(text: string, { path, visit }: Walk): string {
  const replacement = visit({ kind: 'element', path, text });
  // A secret may only stand in an env value (checked before): its reference would mean nothing here.
  return replacement.kind === 'text' ? replacement.text : text;
}

function rewriteEnv(entry: JsonObject, { path, visit }: Walk): JsonObject {
  const { value: text, ...others } = entry;
  if (typeof text !== 'string') return entry;
  const replacement = visit({ kind: 'env', path: at(path, 'value'), text });
  if (replacement.kind === 'text') return { ...others, value: replacement.text };
  return { ...others, valueFrom: { secretKeyRef: { name: replacement.name, key: replacement.key } } };
}

interface ListRewrite {
  readonly walk: Walk;
  readonly item: (value: Json, walk: Walk) => Json;
}

function rewriteList(object: JsonObject, key: string, { walk, item }: ListRewrite): JsonObject {
  const path = at(walk.path, key);
  return rewriteMember(object, key, (value) =>
    isJsonArray(value) ? value.map((each, index) => item(each, { path: at(path, index), visit: walk.visit })) : value,
  );
}

function rewriteMember(object: JsonObject, key: string, rewrite: (value: Json) => Json): JsonObject {
  const value = object[key];
  return value === undefined ? object : { ...object, [key]: rewrite(value) };
}
