export { clusterAdmission } from './admission/cluster-admission.js';
export type {
  Admission,
  Decision,
  RequestAttributes,
  StoreReader,
  StoreWriter,
  UserInfo,
} from './apiserver/admission.js';
export { ADMIT_ALL } from './apiserver/admission.js';
export type { ApiServerOptions } from './apiserver/api-server.js';
export { ApiServer } from './apiserver/api-server.js';
export type { KeyAndCertificate } from './apiserver/certificate.js';
export { selfSignedCertificate } from './apiserver/certificate.js';
export type { Listening, ListenOptions } from './apiserver/http-listener.js';
export { listen } from './apiserver/http-listener.js';
export type { IdSource } from './apiserver/state.js';
export type { LocalClient, LocalWatchEvent, ObjectKey, Selection } from './local-client.js';
export type { LogProvider, LogQuery } from './log-provider.js';
export { StatusError } from './status-error.js';
export { clusterSchemas } from './schema/schemas.js';
