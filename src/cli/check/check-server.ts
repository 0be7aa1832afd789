import { isJsonObject } from '../../api/json.js';
import type { Clock } from '../../api/clock.js';
import { type Instant, parseInstant } from '../../api/instant.js';
import type { ApiResponse, ApiTransport } from '../../api/http.js';
import { CredentialsError } from '../../runtime/index.js';
import { CliError } from '../errors.js';
import { type Finding, fine, trouble } from './finding.js';

/** Beyond this a difference of clocks shows in timeouts and backoffs (design review C16). */
const SKEW_MS = 2_000;

/** What the API server says of itself. */
export interface Server {
  readonly finding: Finding;
  /** The time there. */
  readonly now: Instant;
}

/** Reaches the API server; its Date header has whole seconds. @throws CliError where it gives no answer */
export async function checkServer(transport: ApiTransport, address: string, clock: Clock): Promise<Server> {
  const asked = clock.now();
  const { status, headers, body } = await askVersion(transport, address);
  const here = (asked + clock.now()) / 2;
  const there = parseInstant(headers['date']);
  const version = status === 200 && typeof body === 'string' ? versionIn(body) : null;
  // The header is cut to the second.
  const skew = there === null ? 0 : there + 500 - here;
  const now = clock.now() + skew;
  const says = `${address}${version === null ? '' : `, Kubernetes ${version}`}`;
  if (Math.abs(skew) < SKEW_MS) return { finding: fine('API server', says), now };
  const seconds = Math.round(Math.abs(skew) / 1_000);
  return {
    finding: trouble('API server', 'warn', {
      says: `${says}; its clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the one here`,
      todo: 'set both by NTP: ages that are shown here are wrong by as much',
    }),
    now,
  };
}

async function askVersion(transport: ApiTransport, address: string): Promise<ApiResponse> {
  try {
    return await transport.send({ method: 'GET', path: '/version', headers: { accept: 'application/json' } });
  } catch (error) {
    // What cannot be read of the credentials says so itself.
    if (error instanceof CredentialsError || !(error instanceof Error)) throw error;
    throw new CliError(
      `the API server ${address} gives no answer: ${error.message}; is it running, is this its address, and does its certificate come from the authority that the kubeconfig names?`,
      { cause: error },
    );
  }
}

function versionIn(body: string): string | null {
  const parsed: unknown = JSON.parse(body);
  return isJsonObject(parsed) && typeof parsed['gitVersion'] === 'string' ? parsed['gitVersion'] : null;
}
