import { createHmac, hash, timingSafeEqual } from 'node:crypto';
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
  /** True where the object carries our proof for the attempt that its labels name. */
  carriesProof(object: KubeObject): boolean;
}

/**
 * @param key 32 bytes that only the controller has. Labels and owner references can be written by anybody who may
 * create pods; the HMAC over UID, task, attempt and spec hash cannot.
 */
export function createAttemptIdentity(key: Uint8Array): AttemptIdentity {
  const proofOf = (labels: Readonly<Record<string, string>>, specHash: string): string => {
    const [uid, task, number] = [labels[LABEL.executionUid], labels[LABEL.task], labels[LABEL.attempt]];
    return createHmac('sha256', key).update(`${uid}|${task}|${number}|${specHash}`).digest('hex');
  };
  const carriesProof = ({ metadata }: KubeObject): boolean => {
    const specHash = metadata?.annotations?.[ANNOTATION.specHash];
    const proof = metadata?.annotations?.[ANNOTATION.attemptProof];
    return specHash !== undefined && proof !== undefined && sameText(proof, proofOf(metadata?.labels ?? {}, specHash));
  };
  return {
    metadata(attempt, spec) {
      const specHash = hash('sha256', canonicalJson(spec), 'hex');
      return {
        name: attempt.object?.name,
        namespace: attempt.run.namespace,
        labels: labelsOf(attempt),
        annotations: {
          [ANNOTATION.specHash]: specHash,
          [ANNOTATION.attemptProof]: proofOf(labelsOf(attempt), specHash),
        },
        ownerReferences: [
          {
            apiVersion: attempt.run.apiVersion,
            kind: attempt.run.kind,
            name: attempt.run.name,
            uid: attempt.run.uid,
            controller: true,
          },
        ],
        finalizers: [TRACKING_FINALIZER],
      };
    },
    isOurs(attempt, object) {
      const meta = object.metadata;
      if (meta === undefined) return false;
      const known = attempt.object?.uid ?? null;
      if (known !== null) return meta.uid === known;
      return labelsMatch(attempt, meta) && carriesProof(object);
    },
    carriesProof,
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
  return Object.entries(labelsOf(attempt)).every(
    ([name, value]) => name === LABEL.tracked || meta.labels?.[name] === value,
  );
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
