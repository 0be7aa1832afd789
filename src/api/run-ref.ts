/** Identifies the resource that is run, whatever its kind. */
export interface RunRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}
