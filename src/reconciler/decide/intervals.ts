/** A short step costs no write for having started: progress is written once it lives this long (design review W2). */
export const PROGRESS_AFTER_MS = 2_000;
/**
 * "It was never created" is believed this long after the intent to stop: a create whose answer was lost may land until
 * then (the server gives up after 10 s; design review C5).
 */
export const ABSENCE_AFTER_MS = 30_000;

/** Another cause of waiting is written at most this often (design review W2). */
export const WAITING_REWRITE_MS = 30_000;
