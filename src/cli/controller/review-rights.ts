import { isJsonObject, type JsonObject } from '../../api/json.js';
import type { Client } from '../../runtime/index.js';
import type { Right } from './needed-rights.js';

/** A right that is missing, verb by verb. */
export interface MissingRight {
  readonly right: Right;
  readonly verb: string;
  /** Null: in all namespaces, or without a namespace. */
  readonly namespace: string | null;
}

export interface ReviewedPlaces {
  /** Where the runs are; [null]: everywhere. */
  readonly namespaces: readonly (string | null)[];
  readonly own: string;
}

/** Whose rights: our own, or those of somebody else (who asks must be allowed to ask that). */
export type Subject = 'self' | { readonly user: string; readonly groups: readonly string[] };

/**
 * Asks the API server which of these rights are missing (SelfSubjectAccessReview, SubjectAccessReview). It is asked, not
 * tried: no right is used.
 *
 * @throws ApiError | NoAnswerError
 */
export async function missingRights(
  client: Pick<Client, 'call'>,
  rights: readonly Right[],
  { places, subject }: { readonly places: ReviewedPlaces; readonly subject: Subject },
): Promise<readonly MissingRight[]> {
  const questions = rights.flatMap((right) =>
    namespacesOf(right, places).flatMap((namespace) => right.verbs.map((verb) => ({ right, verb, namespace }))),
  );
  const allowed = await Promise.all(questions.map((question) => isAllowed(client, question, subject)));
  return questions.filter((_, index) => allowed[index] !== true);
}

/** Missing rights as a person reads them: a line for each resource, with all its verbs. */
export function describeMissing(missing: readonly MissingRight[]): readonly string[] {
  const verbs = new Map<string, string[]>();
  for (const each of missing) {
    const what = describeResource(each);
    verbs.set(what, [...(verbs.get(what) ?? []), each.verb]);
  }
  return [...verbs].map(([what, all]) => `${all.join(', ')} ${what}`);
}

function describeResource({ right, namespace }: MissingRight): string {
  const [resource = '', subresource] = right.resource.split('/');
  const group = right.group === '' ? '' : `.${right.group}`;
  const name = right.name === undefined ? '' : ` "${right.name}"`;
  const what = `${resource}${group}${subresource === undefined ? '' : `/${subresource}`}${name}`;
  if (right.scope === 'cluster') return what;
  return `${what} ${namespace === null ? 'in all namespaces' : `in namespace ${namespace}`}`;
}

function namespacesOf({ scope }: Right, { namespaces, own }: ReviewedPlaces): readonly (string | null)[] {
  if (scope === 'own') return [own];
  return scope === 'cluster' ? [null] : namespaces;
}

async function isAllowed(
  client: Pick<Client, 'call'>,
  { right, verb, namespace }: MissingRight,
  subject: Subject,
): Promise<boolean> {
  const [resource = '', subresource] = right.resource.split('/');
  const resourceAttributes: JsonObject = {
    group: right.group,
    resource,
    verb,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === null ? {} : { namespace }),
    ...(right.name === undefined ? {} : { name: right.name }),
  };
  const kind = subject === 'self' ? 'SelfSubjectAccessReview' : 'SubjectAccessReview';
  const who = subject === 'self' ? {} : { user: subject.user, groups: [...subject.groups] };
  const review = { apiVersion: 'authorization.k8s.io/v1', kind, spec: { resourceAttributes, ...who } };
  const answer = await client.call({
    method: 'POST',
    path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
    body: JSON.stringify(review),
  });
  const status = isJsonObject(answer) ? answer['status'] : undefined;
  return isJsonObject(status) && status['allowed'] === true;
}
