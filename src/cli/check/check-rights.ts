import { ApiError, type Client } from '../../runtime/index.js';
import { neededRights } from '../controller/needed-rights.js';
import { type MissingRight, type Subject, describeMissing, missingRights } from '../controller/review-rights.js';
import { TRANSLATORS } from '../kinds.js';
import { type Finding, fine, trouble } from './finding.js';
import type { Installed } from './installation.js';

/** What the service account of a controller may not do, and should. */
export async function checkRights(client: Pick<Client, 'call'>, installed: Installed): Promise<readonly Finding[]> {
  const { namespace, serviceAccount } = installed;
  const user = `system:serviceaccount:${namespace}:${serviceAccount}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return reviewed(client, { who: user, subject: { user, groups }, installed });
}

/** The same from within the pod of the controller, which may ask only about itself. */
export function checkOwnRights(
  client: Pick<Client, 'call'>,
  installed: Pick<Installed, 'namespace' | 'namespaces' | 'names'>,
) {
  return reviewed(client, { who: 'this service account', subject: 'self', installed });
}

interface Reviewed {
  readonly who: string;
  readonly subject: Subject;
  readonly installed: Pick<Installed, 'namespace' | 'namespaces' | 'names'>;
}

async function reviewed(
  client: Pick<Client, 'call'>,
  { who, subject, installed }: Reviewed,
): Promise<readonly Finding[]> {
  const { names, namespaces, namespace: own } = installed;
  try {
    const missing = await missingRights(client, neededRights(TRANSLATORS, names), {
      places: { namespaces, own },
      subject,
    });
    return findings(who, missing);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 403) throw error;
    return [
      trouble('rights', 'warn', {
        says: `you may not ask what ${who} may do`,
        todo: 'ask an administrator to run this, or run it in the pod of the controller',
      }),
    ];
  }
}

function findings(who: string, missing: readonly MissingRight[]): readonly Finding[] {
  const required = missing.filter(({ right }) => right.optional === undefined);
  const optional = missing.filter(({ right }) => right.optional !== undefined);
  const found: Finding[] = [];
  if (required.length > 0)
    found.push(
      trouble('rights', 'fail', {
        says: `${who} may not`,
        details: describeMissing(required),
        todo: 'kubectl apply --server-side -k deploy/ grants all that is needed, and no more',
      }),
    );
  if (optional.length > 0)
    found.push(
      trouble('rights', 'warn', {
        says: `${who} may not, which it can do without`,
        details: optionalLines(optional),
        todo: 'grant it where that evidence is wanted',
      }),
    );
  return found.length > 0 ? found : [fine('rights', `${who} has all that the controller needs`)];
}

/** With what is lost; a right that is optional for two reasons has two lines. */
function optionalLines(missing: readonly MissingRight[]): readonly string[] {
  const losses = new Set(missing.map(({ right }) => right.optional ?? ''));
  return [...losses].flatMap((loss) =>
    describeMissing(missing.filter(({ right }) => right.optional === loss)).map((line) => `${line}: ${loss}`),
  );
}
