import { ApiError, type Client, createHttpTransport, loadCredentials, systemClock } from '../../runtime/index.js';
import { checkInstallation, checkOverlap } from '../check/check-installation.js';
import { checkKinds } from '../check/check-kinds.js';
import { checkLag } from '../check/check-lag.js';
import { checkLeader } from '../check/check-leader.js';
import { checkOwnRights, checkRights } from '../check/check-rights.js';
import { checkServer } from '../check/check-server.js';
import { type Finding, trouble } from '../check/finding.js';
import { type Installed, findInstalled } from '../check/installation.js';
import { printFindings } from '../check/print-findings.js';
import { clusterSource } from '../controller/cluster-source.js';
import { OWN_NAMES } from '../controller/needed-rights.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';
import { clientOf, namesCluster } from '../session.js';
import { VERSION } from '../version.js';

export interface CheckOptions extends GlobalOptions {
  readonly output: 'text' | 'json';
}

/** Tells whether an installation works, and what is missing; ends with 1 where something is. */
export async function checkVerb(options: CheckOptions, io: Io): Promise<ExitCode> {
  const isInPod = io.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  if (!namesCluster(options) && !isInPod)
    throw new CliError(
      'check looks at an installation in a real cluster; name it with --kubeconfig PATH or --context NAME (the embedded cluster needs none)',
      { exitCode: EXIT.usage },
    );
  const loaded = await loadCredentials(clusterSource(options), systemClock);
  const transport = createHttpTransport({ credentials: loaded.credentials, clock: systemClock });
  try {
    const client = clientOf(transport);
    const { finding, now } = await checkServer(transport, loaded.server, systemClock);
    const own = namesCluster(options) ? null : (loaded.namespace ?? '');
    const findings = [finding, await checkKinds(client), ...(await checkControllers(client, { options, now, own }))];
    if (options.output === 'json') io.print(JSON.stringify(findings, null, 2));
    else for (const line of printFindings(findings, io.style)) io.print(line);
    return findings.some(({ level }) => level === 'fail') ? EXIT.error : EXIT.ok;
  } finally {
    transport.close();
  }
}

interface Place {
  readonly options: CheckOptions;
  readonly now: number;
  /** The namespace of the pod in which this runs; null: it runs elsewhere. */
  readonly own: string | null;
}

async function checkControllers(client: Client, place: Place): Promise<readonly Finding[]> {
  const { options, now, own } = place;
  const installed = await installedOrNone(client, options.namespace);
  if (installed === null) return own === null ? [mayNotLook()] : checkFromWithin(client, own);
  const namespaces = installed.some((each) => each.namespaces.includes(null))
    ? [null]
    : [...new Set(installed.flatMap((each) => each.namespaces))];
  const findings: Finding[] = [...checkOverlap(installed)];
  for (const each of installed) {
    findings.push(...(await checkInstallation(client, each, VERSION)));
    findings.push(...(await checkRights(client, each)));
    findings.push(...(await checkLeader(client, each, { now, clock: systemClock })));
  }
  if (installed.length === 0) findings.push(nothingInstalled(options));
  findings.push(...(await lagOrNone(client, installed.length === 0 ? [options.namespace ?? null] : namespaces, now)));
  return findings;
}

/** In the controller's own pod little may be read: its own rights are what can be asked. */
function checkFromWithin(client: Client, own: string): Promise<readonly Finding[]> {
  return checkOwnRights(client, { namespace: own, namespaces: [null], names: OWN_NAMES });
}

/** Null: these may not be read. */
async function installedOrNone(client: Client, namespace: string | undefined): Promise<readonly Installed[] | null> {
  try {
    return await findInstalled(client, namespace);
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return null;
    throw error;
  }
}

async function lagOrNone(
  client: Client,
  namespaces: readonly (string | null)[],
  now: number,
): Promise<readonly Finding[]> {
  try {
    return await checkLag(client, { namespaces, now });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // That the kinds are not served was told above.
    if (error.code === 404) return [];
    if (error.code !== 403) throw error;
    return [
      trouble('lag', 'warn', { says: 'you may not list the runs', todo: 'look at one namespace: --namespace NAME' }),
    ];
  }
}

function nothingInstalled({ namespace }: CheckOptions): Finding {
  return trouble('controller', 'fail', {
    says: `no controller is installed${namespace === undefined ? '' : ` in namespace ${namespace}`}: runs stay as they are`,
    todo: 'kubectl apply --server-side -k deploy/',
  });
}

function mayNotLook(): Finding {
  return trouble('controller', 'warn', {
    says: 'you may not list Deployments here, so the controller was not looked at',
    todo: 'name its namespace: --namespace lockstep-system',
  });
}
