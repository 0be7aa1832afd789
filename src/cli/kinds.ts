import { INPUT_CHECKS } from '../executors/input-checks.js';
import { createSequentialJobTranslator } from '../plan/sequential-job/translator.js';
import type { Translator } from '../plan/translator.js';
import { createWorkflowExecutionTranslator } from '../plan/workflow-execution/translator.js';

/** The kinds that this Lockstep runs. */
export const TRANSLATORS: readonly Translator[] = [
  createWorkflowExecutionTranslator(INPUT_CHECKS),
  createSequentialJobTranslator(INPUT_CHECKS),
];
