export { evaluateWhen } from './evaluate.js';
export type { WhenResult } from './evaluate.js';
