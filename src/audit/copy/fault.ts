/** What is wrong with the trail of a run, or with a store as a whole. */
export interface CopyFault {
  /** UID of the run; null: it concerns the store. */
  readonly uid: string | null;
  /** Namespace and name of the run, where that is known. */
  readonly run: string | null;
  readonly message: string;
}

/** Takes the faults as they are found: there may be many. */
export type OnFault = (fault: CopyFault) => void;
