import type { ColorChoice } from './view/style.js';

/** Options that every verb has. */
export interface GlobalOptions {
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly dataDir?: string;
  /** As it was typed; see namedAuditStore. */
  readonly auditStore?: string;
  readonly color: ColorChoice;
  readonly as?: string;
  readonly verbose: boolean;
}

export type OutputFormat = 'text' | 'json' | 'yaml' | 'name' | 'wide';
