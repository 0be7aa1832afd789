import { type KindInfo, storageKey } from '../kinds.js';
import { customPrinter } from './custom-printer.js';
import { POD_PRINTER } from './pod-printer.js';
import type { Printer } from './printer.js';
import {
  BINDING_PRINTER,
  CLAIM_PRINTER,
  CONFIG_MAP_PRINTER,
  LEASE_PRINTER,
  NAMESPACE_PRINTER,
  NODE_PRINTER,
  PLAIN_PRINTER,
  QUOTA_PRINTER,
  REVISION_PRINTER,
  SECRET_PRINTER,
  SERVICE_ACCOUNT_PRINTER,
} from './small-printers.js';
import { EVENT_PRINTER, JOB_PRINTER } from './work-printers.js';

const BUILTIN: Readonly<Record<string, Printer>> = {
  '/namespaces': NAMESPACE_PRINTER,
  '/nodes': NODE_PRINTER,
  '/pods': POD_PRINTER,
  '/configmaps': CONFIG_MAP_PRINTER,
  '/secrets': SECRET_PRINTER,
  '/serviceaccounts': SERVICE_ACCOUNT_PRINTER,
  '/events': EVENT_PRINTER,
  '/resourcequotas': QUOTA_PRINTER,
  '/persistentvolumeclaims': CLAIM_PRINTER,
  'batch/jobs': JOB_PRINTER,
  'coordination.k8s.io/leases': LEASE_PRINTER,
  'apps/controllerrevisions': REVISION_PRINTER,
  'rbac.authorization.k8s.io/rolebindings': BINDING_PRINTER,
  'rbac.authorization.k8s.io/clusterrolebindings': BINDING_PRINTER,
};

/** How the objects of a kind are shown in a table. */
export function printerFor(kind: KindInfo): Printer {
  return kind.custom ? customPrinter(kind.columns) : (BUILTIN[storageKey(kind)] ?? PLAIN_PRINTER);
}
