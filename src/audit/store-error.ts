/** The audit store cannot take or give events. The message says which store, what happened and what to do. */
export class AuditStoreError extends Error {
  /** Path or address of the store. */
  readonly store: string;

  constructor(store: string, message: string, options?: ErrorOptions) {
    super(`audit store ${store}: ${message}`, options);
    this.name = 'AuditStoreError';
    this.store = store;
  }
}
