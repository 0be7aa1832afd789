import type { Instant } from '../api/instant.js';
import type { StopWhy, Verdict } from '../api/types.js';

/** What we know of an attempt from ourselves, not from the cluster. */
export interface AttemptContext {
  /** Containers whose end decides; null: all containers of the template. */
  readonly main: readonly string[] | null;
  /** Names of the containers that the step's template declares (init ones too); others were injected. Null: unknown. */
  readonly template: readonly string[] | null;
  /** Containers that were seen to have started while the attempt lived. */
  readonly seenStarted: readonly string[];
  /** Our own committed intent to stop it, or null. It outranks everything else as the answer to "who stopped it". */
  readonly stop: { readonly why: StopWhy; readonly at: Instant } | null;
  /** The diagnosis that stood when the stop was decided; the final status may have lost its cause. */
  readonly provisional: Verdict | null;
  /** The bound that was passed, in ms, for StartTimeout and RunBound. */
  readonly boundMs: number | null;
  /** False: nothing that the step printed may be quoted (`evidence.logs: None`). */
  readonly quoteLogs: boolean;
  /** Values that nothing of what is quoted may hold (parameters marked `sensitive`). */
  readonly sensitive?: readonly string[];
}

/** The context of evidence that comes from files: nothing is known but what the objects say. */
export const NO_CONTEXT: AttemptContext = {
  main: null,
  template: null,
  seenStarted: [],
  stop: null,
  provisional: null,
  boundMs: null,
  quoteLogs: true,
};
