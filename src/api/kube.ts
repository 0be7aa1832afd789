import type {
  CoreV1Event,
  V1Deployment,
  V1Job,
  V1Lease,
  V1Node,
  V1ObjectMeta,
  V1OwnerReference,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Status,
} from '@kubernetes/client-node';

/**
 * The wire shape of a client-node type: instants are RFC 3339 strings, everything is read-only.
 * (client-node's serializer would make Dates of them, and drop fields that it does not know; docs/decisions/0003.)
 */
export type Wire<T> = T extends Date
  ? string
  : T extends (infer U)[]
    ? readonly Wire<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T;

export type ObjectMeta = Wire<V1ObjectMeta>;
export type OwnerReference = Wire<V1OwnerReference>;
export type Pod = Wire<V1Pod>;
export type Job = Wire<V1Job>;
export type Deployment = Wire<V1Deployment>;
export type Lease = Wire<V1Lease>;
export type Node = Wire<V1Node>;
export type KubeEvent = Wire<CoreV1Event>;
export type PersistentVolumeClaim = Wire<V1PersistentVolumeClaim>;
/** The body of an error answer of the API server. */
export type Status = Wire<V1Status>;

/** What every object has; the rest is for a parser to find out. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}
