// The failure room: evidence → verdict → summary. Pure.
export type { AttemptContext } from './context.js';
export { NO_CONTEXT } from './context.js';
export type { Evidence } from './evidence.js';
