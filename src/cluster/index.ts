export type { LocalClient, LocalWatchEvent, ObjectKey, Selection } from './local-client.js';
export type { LogProvider, LogQuery } from './log-provider.js';
export { StatusError } from './status-error.js';
