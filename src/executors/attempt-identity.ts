import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../api/canonical-json.js';
import type { JsonObject } from '../api/json.js';
import type { KubeObject, ObjectMeta } from '../api/kube.js';
import { ANNOTATION, LABEL, TRACKING_FINALIZER } from '../api/names.js';
import type { Attempt } from './executor.js';

/** Makes and checks the mark by which we know what we created (design review C6). */
export interface AttemptIdentity {
  /** Metadata of the object of an attempt whose rendered spec is `spec`. */
  metadata(attempt: Attempt, spec: JsonObject): JsonObject;
  /** True where the object carries our proof for this attempt, or its UID stands in the committed status. */
  isOurs(attempt: Attempt, object: KubeObject): boolean;
}

/**
 * @param key 32 bytes that only the controller has. Labels and owner references can be written by anybody who may
 * create pods; the HMAC over UID, task, attempt and spec hash cannot.
 */
export function createAttemptIdentity(key: Uint8Array): AttemptIdentity {
  const proofOf = (attempt: Attempt, specHash: string): string =>
    createHmac('sha256', key).update(`${attempt.run.uid}|${attempt.task}|${attempt.number}|${specHash}`).digest('hex');
  return {
    metadata(attempt, spec) {
      const specHash = createHash('sha256').update(canonicalJson(spec)).digest('hex');
      return {
        name: attempt.object?.name,
        namespace: attempt.run.namespace,
        labels: labelsOf(attempt),
        annotations: { [ANNOTATION.specHash]: specHash, [ANNOTATION.attemptProof]: proofOf(attempt, specHash) },
        ownerReferences: [{ apiVersion: attempt.run.apiVersion, kind: attempt.run.kind, name: attempt.run.name, uid: attempt.run.uid, controller: true }],
        finalizers: [TRACKING_FINALIZER],
      };
    },
    isOurs(attempt, object) {
      const meta = object.metadata;
      if (meta === undefined) return false;
      const known = attempt.object?.uid ?? null;
      if (known !== null) return meta.uid === known;
      const specHash = meta.annotations?.[ANNOTATION.specHash];
      const proof = meta.annotations?.[ANNOTATION.attemptProof];
      if (specHash === undefined || proof === undefined || !labelsMatch(attempt, meta)) return false;
      return sameText(proof, proofOf(attempt, specHash));
    },
  };
}

/** Labels of everything that an attempt creates, its pods too. */
export function labelsOf(attempt: Attempt): JsonObject & Readonly<Record<string, string>> {
  return {
    [LABEL.executionUid]: attempt.run.uid,
    [LABEL.task]: attempt.task,
    [LABEL.attempt]: String(attempt.number),
    [LABEL.tracked]: 'true',
  };
}

function labelsMatch(attempt: Attempt, meta: ObjectMeta): boolean {
  return Object.entries(labelsOf(attempt)).every(([name, value]) => name === LABEL.tracked || meta.labels?.[name] === value);
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
