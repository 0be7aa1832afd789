import { CRD_MANIFESTS } from '../api/generated/crd-manifests.js';
import { type JsonObject, isJsonArray, isJsonObject } from '../api/json.js';
import type { Translator } from '../plan/translator.js';
import { type Resource, defineResource } from '../runtime/index.js';
import { TRANSLATORS } from './kinds.js';
import type { ExecutionObject } from './resources.js';

/** A kind of runs, as the command line works with it. */
export interface RunKind {
  readonly translator: Translator;
  readonly resource: Resource<ExecutionObject>;
  /** What it is called before a slash (`sqj/NAME`): its singular, its plural, its short names. */
  readonly words: readonly string[];
}

const [first, ...others] = TRANSLATORS;

/** What is meant by a name that names no kind. */
export const EXECUTION_KIND: RunKind = runKind(first);

/** The kinds of runs. */
export const RUN_KINDS: readonly RunKind[] = [EXECUTION_KIND, ...others.map(runKind)];

function runKind(translator: Translator): RunKind {
  const { apiVersion, kind, plural } = translator;
  const resource = defineResource<ExecutionObject>({ apiVersion, kind, plural, namespaced: true });
  return { translator, resource, words: [kind.toLowerCase(), plural, ...shortNames(translator)] };
}

/** The kind of a manifest, or undefined where it is no run. */
export function runKindOf(manifest: JsonObject): RunKind | undefined {
  return RUN_KINDS.find(
    ({ translator }) => translator.kind === manifest['kind'] && translator.apiVersion === manifest['apiVersion'],
  );
}

/** A run's name as commands take it: with its kind before it, where that is not the first. */
export function shownName(kind: RunKind, name: string): string {
  return kind === EXECUTION_KIND ? name : `${kind.words.at(-1) ?? ''}/${name}`;
}

/** `workflowexecution/NAME`, as `-o name` prints it. */
export function fullName(kind: RunKind, name: string): string {
  return `${kind.words[0] ?? ''}/${name}`;
}

function shortNames({ kind }: Translator): readonly string[] {
  return CRD_MANIFESTS.flatMap(({ spec }) => {
    const names = isJsonObject(spec) && isJsonObject(spec['names']) ? spec['names'] : {};
    const short = names['kind'] === kind && isJsonArray(names['shortNames']) ? names['shortNames'] : [];
    return short.filter((name) => typeof name === 'string');
  });
}
