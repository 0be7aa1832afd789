import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { RUN_KINDS, type RunKind } from './run-kinds.js';

/** What a person wrote to name a run; null: not said. */
export interface Reference {
  readonly kind: RunKind | null;
  readonly namespace: string | null;
  /** A name, its beginning, or a word: `@latest`, `@failed`. */
  readonly name: string;
}

/**
 * `NAME`, `KIND/NAME`, `NAMESPACE/NAME` or `KIND/NAMESPACE/NAME`. A word that is a kind's is one, as with kubectl.
 *
 * @throws CliError for what is none of them
 */
export function parseReference(text: string): Reference {
  const parts = text.split('/');
  const kind = kindNamed(parts[0] ?? '');
  const [first = '', second, third] = kind === null || parts.length === 1 ? parts : parts.slice(1);
  if (third !== undefined) {
    const kinds = RUN_KINDS.map(({ words }) => words.at(-1)).join(', ');
    throw new CliError(
      kind === null && parts.length === 3
        ? `${text}: there is no kind ${first}; there are ${kinds}`
        : `${text} is no reference; write NAME, KIND/NAME, NAMESPACE/NAME or KIND/NAMESPACE/NAME`,
      { exitCode: EXIT.usage },
    );
  }
  if (first === '' || second === '') {
    throw new CliError(
      `${JSON.stringify(text)} names no run; write NAME, or @latest; \`lockstep get\` lists the runs`,
      {
        exitCode: EXIT.usage,
      },
    );
  }
  const of = parts.length === 1 ? null : kind;
  return second === undefined
    ? { kind: of, namespace: null, name: first }
    : { kind: of, namespace: first, name: second };
}

/** The kind that a word stands for, whatever its case. */
export function kindNamed(word: string): RunKind | null {
  return RUN_KINDS.find(({ words }) => words.includes(word.toLowerCase())) ?? null;
}
