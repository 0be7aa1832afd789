import type { Instant } from '../api/instant.js';
import type { Lease } from '../api/kube.js';
import type { Client } from './client.js';
import type { Stored } from './resource.js';
import { LEASES } from './resources.js';

/** What a Lease says about who leads. Its times are shown to people and never compared with our own clock. */
export interface LeaseRecord {
  /** Empty: nobody. */
  readonly holder: string;
  /** For how long others leave it alone after they saw it change. */
  readonly durationSeconds: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  /** How often it has passed from one holder to another. */
  readonly transitions: number;
}

export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

/** Reads and writes one Lease; what it wrote or read last is the precondition of the next write. */
export class LeaseLock {
  readonly #client: Pick<Client, 'find' | 'create' | 'replace'>;
  readonly #lease: LeaseName;
  #last: Stored<Lease> | null = null;

  constructor(client: Pick<Client, 'find' | 'create' | 'replace'>, lease: LeaseName) {
    this.#client = client;
    this.#lease = lease;
  }

  /** Null where there is none. */
  async read(signal: AbortSignal): Promise<LeaseRecord | null> {
    this.#last = await this.#client.find(LEASES, this.#lease, { signal });
    return this.#last === null ? null : recordOf(this.#last);
  }

  /** @throws ApiError 409 where somebody else has created it */
  async create(record: LeaseRecord, signal: AbortSignal): Promise<void> {
    this.#last = await this.#client.create(
      LEASES,
      { apiVersion: LEASES.apiVersion, kind: LEASES.kind, metadata: { ...this.#lease }, spec: specOf(record) },
      { signal },
    );
  }

  /** @throws ApiError 409 where somebody has written it since we read or wrote it last */
  async update(record: LeaseRecord, signal: AbortSignal): Promise<void> {
    if (this.#last === null) throw new Error('a Lease is read before it is written; this is a defect in Lockstep');
    this.#last = await this.#client.replace(LEASES, { ...this.#last, spec: specOf(record) }, { signal });
  }
}

/** What a Lease says; absent fields are empty, as client-go reads them. */
export function recordOf({ spec }: Lease): LeaseRecord {
  return {
    holder: spec?.holderIdentity ?? '',
    durationSeconds: spec?.leaseDurationSeconds ?? 0,
    acquireTime: spec?.acquireTime ?? '',
    renewTime: spec?.renewTime ?? '',
    transitions: spec?.leaseTransitions ?? 0,
  };
}

function specOf({
  holder,
  durationSeconds,
  acquireTime,
  renewTime,
  transitions,
}: LeaseRecord): NonNullable<Lease['spec']> {
  return {
    ...(holder === '' ? {} : { holderIdentity: holder }),
    leaseDurationSeconds: durationSeconds,
    ...(acquireTime === '' ? {} : { acquireTime }),
    ...(renewTime === '' ? {} : { renewTime }),
    leaseTransitions: transitions,
  };
}

/** A metav1.MicroTime: the API server refuses any other number of digits (kubernetes/kubernetes#141204). */
export function microTime(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, -1)}000Z`;
}
