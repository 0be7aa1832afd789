import type { ApiObject } from '../api-object.js';
import { badRequestError } from './errors.js';
import type { KindInfo, SelectableField } from './kinds.js';

export interface FieldSelector {
  matches(object: ApiObject): boolean;
  /** The one name that can match (`metadata.name=x`): looked up instead of searched. */
  readonly name?: string;
}

const COMMON: readonly SelectableField[] = [
  { path: 'metadata.name', read: (object) => object.metadata.name },
  { path: 'metadata.namespace', read: (object) => object.metadata.namespace ?? '' },
];

const EVERYTHING: FieldSelector = { matches: () => true };

/** Parses `a=b,c!=d` (apimachinery fields.ParseSelector). Throws 400 for what the kind cannot be selected by. */
export function parseFieldSelector(text: string, kind: KindInfo): FieldSelector {
  if (text === '') return EVERYTHING;
  const terms = splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => readTerm(term, kind));
  const name = terms.find((term) => term.field.path === 'metadata.name' && !term.negated)?.value;
  return {
    matches: (object) => terms.every(({ field, value, negated }) => (field.read(object) === value) !== negated),
    ...(name === undefined ? {} : { name }),
  };
}

/** Commas separate, unless a backslash precedes them. */
function splitTerms(text: string): readonly string[] {
  return text.match(/(?:\\.|[^,\\])+/g) ?? [];
}

function readTerm(term: string, kind: KindInfo) {
  const match = /^([^=!]+)(==|!=|=)(.*)$/s.exec(term);
  const [, path, operator, value] = match ?? [];
  if (path === undefined || operator === undefined || value === undefined)
    throw badRequestError(`invalid selector: '${term}'; can't understand '${term}'`);
  const field = [...COMMON, ...kind.selectable].find((candidate) => candidate.path === path);
  if (field === undefined) throw unknownField(path, kind);
  return { field, value: value.replace(/\\([\\,=])/g, '$1'), negated: operator === '!=' };
}

function unknownField(path: string, kind: KindInfo): Error {
  // pkg/apis/batch/v1 has words of its own.
  if (kind.group === 'batch') return badRequestError(`field label "${path}" not supported for ${kind.kind}`);
  if (kind.custom || kind.ownFieldLabels) return badRequestError(`field label not supported: ${path}`);
  return badRequestError(`"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
}
