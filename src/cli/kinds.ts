import { INPUT_CHECKS } from '../executors/input-checks.js';
import { createSequentialJobTranslator } from '../plan/sequential-job/translator.js';
import type { Translator } from '../plan/translator.js';
import { createWorkflowExecutionTranslator } from '../plan/workflow-execution/translator.js';

/** The kinds that this Lockstep runs; the first is what is meant where no kind is named. */
export const TRANSLATORS = [
  createWorkflowExecutionTranslator(INPUT_CHECKS),
  createSequentialJobTranslator(INPUT_CHECKS),
] as const satisfies readonly Translator[];
