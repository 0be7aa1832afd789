import { ACTING } from './acting.js';
import type { Defect } from './defect.js';
import { RECORDING } from './recording.js';

/** Each must be found: so the enumeration proves that it would notice. */
export const DEFECTS: readonly Defect[] = [...ACTING, ...RECORDING];
