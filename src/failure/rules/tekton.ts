import { cite, citeRun } from '../cite.js';
import type { Facts, TektonFacts } from '../facts/facts.js';
import type { Finding, Rule } from '../finding.js';
import { neutral } from '../neutral.js';
import { rowOf, type TextRow } from '../text-table.js';
import { isRbacDenial, refusalOfText, serverErrorOf } from './api-refusals.js';
import { pullMeaning } from './image-pull.js';
import { leading } from './unschedulable.js';

/** Reasons of runs that could not be made as they are written (pkg/apis/pipeline/v1). */
const REASONS: readonly TextRow[] = [
  { pattern: /^CouldntGetTask$/, subreason: 'TaskNotFound', clears: false },
  { pattern: /^CouldntGetPipeline$/, subreason: 'PipelineNotFound', clears: false },
  {
    pattern: /WorkspaceBindings$|^RequiredWorkspaceMarkedOptional$/,
    subreason: 'InvalidWorkspaceBinding',
    clears: false,
  },
  {
    pattern:
      /^(?:ParameterMissing|ObjectParameterMissKeys|ParamKeyNotFound|ParamArrayIndexingInvalid|ParameterTypeMismatch|InvalidParamValue|InvalidMatrixParameterTypes)$/,
    subreason: 'ParameterMissing',
    clears: false,
  },
  {
    pattern: /^(?:InvalidTaskResultReference|InvalidPipelineResultReference|CouldntGetPipelineResult)$/,
    subreason: 'ResultNotEmitted',
    clears: false,
  },
  {
    pattern: /^(?:InvalidServiceAccountMappings|CouldntGetServiceAccount)$/,
    subreason: 'ServiceAccountNotFound',
    clears: false,
  },
  {
    pattern:
      /^(?:PipelineValidationFailed|InvalidGraph|CELEvaluationFailed|InvalidPipelineResourceBindings|ResourceVerificationFailed)$/,
    subreason: 'PipelineValidationFailed',
    clears: false,
  },
  {
    pattern: /ResolutionFailed$|^ResolvingTaskRef$|^TaskRunResolvingTaskRef$|^ResolvingPipelineRef$/,
    subreason: 'TaskResolutionFailed',
    clears: false,
  },
  {
    pattern:
      /^(?:TaskRunValidationFailed|FailedValidation|TaskValidationFailed|PipelineRunValidationFailed|PVCCreationFailed|CreateRunFailed)$|AffinityAssistant/,
    subreason: 'InvalidPodSpec',
    clears: false,
  },
];

/** The same in the words of messages, where the reason is a general one. */
const TEXTS: readonly TextRow[] = [
  {
    pattern:
      /missing values? for th(?:ese|is) params?|missing parameters|param types? don't match|invalid input params/i,
    subreason: 'ParameterMissing',
    clears: false,
  },
  {
    pattern:
      /mounts more than one PersistentVolumeClaim|workspaces?\b.*(?:bind|bound|required|provided|declared)|bind.*workspace/i,
    subreason: 'InvalidWorkspaceBinding',
    clears: false,
  },
  {
    pattern:
      /could not find result|invalid (?:task )?result reference|referred results? do(?:es)?n't exist|missing result|without emitting|did not (?:produce|emit)|failed to emit result/i,
    subreason: 'ResultNotEmitted',
    clears: false,
  },
  { pattern: /serviceaccounts? "[^"]*" not found/i, subreason: 'ServiceAccountNotFound', clears: false },
  { pattern: /tasks?(?:\.tekton\.dev)? "[^"]*" not found/i, subreason: 'TaskNotFound', clears: false },
  { pattern: /pipelines?(?:\.tekton\.dev)? "[^"]*" not found/i, subreason: 'PipelineNotFound', clears: false },
];

/** A resolver that could not reach its source may reach it later. */
const UNREACHABLE =
  /timed? ?out|deadline exceeded|no such host|connection refused|i\/o timeout|TLS handshake|50[0234]\b|429\b|too many requests|longer than .*timeout/i;

/** The run could not be made as it is written. */
export const tektonConfiguration: Rule = {
  name: 'tekton-configuration',
  basis:
    'Tekton validates references, parameters, workspaces and results before it creates a pod; the Succeeded condition names them.',
  waiting: true,
  apply(facts) {
    for (const run of failedRuns(facts)) {
      const reason = run.succeeded?.reason ?? '';
      const message = run.succeeded?.message ?? '';
      const row = rowOf(REASONS, reason);
      if (row === null) continue;
      const server = serverErrorOf(message);
      if (server !== null)
        return { ...server, message: `${run.kind} ${run.name} (${reason}): ${message}`, citations: citeRun(run) };
      // A general reason over a message that the API server or a plug-in wrote: that is the cause.
      const refusal =
        /^(?:PVCCreationFailed|CreateRunFailed|FailedValidation|TaskRunValidationFailed)$|AffinityAssistant/.test(
          reason,
        ) || POD_CREATION.test(message)
          ? refusalOfText(message)
          : null;
      const unreachable = isUnreachable(row, neutral(message));
      const subreason = refusal?.subreason ?? (unreachable ? 'TaskResolutionFailed' : subreasonOf(row, message));
      return {
        reason: refusal?.reason ?? 'ConfigurationError',
        subreason,
        clears: refusal?.clears ?? unreachable,
        // A result is missed only when the task that should have written it has run.
        ...(subreason === 'ResultNotEmitted' ? { stage: 'Execution' as const, effects: 'Possible' as const } : {}),
        message: `${run.kind} ${run.name} cannot run as it is written (${reason}): ${message}`,
        citations: [...citeRun(run), ...reference(run)],
      };
    }
    return null;
  },
};

/** Tekton before 0.50 calls every failure to create a pod CouldntGetTask. */
const POD_CREATION = /failed to create task run pod|[Mm]aybe (?:missing or )?invalid Task/;

/** What should have been fetched may be there, and only could not be reached. */
function isUnreachable({ subreason }: TextRow, text: string): boolean {
  const fetched = ['TaskResolutionFailed', 'TaskNotFound', 'PipelineNotFound'].includes(subreason);
  return fetched && UNREACHABLE.test(text) && !/"NAME" not found/.test(text);
}

/** A general reason is told more closely by its message. */
function subreasonOf({ subreason }: TextRow, message: string): string {
  const general =
    ['InvalidPodSpec', 'TaskResolutionFailed', 'PipelineValidationFailed'].includes(subreason) ||
    POD_CREATION.test(message);
  return general ? (rowOf(TEXTS, neutral(message))?.subreason ?? subreason) : subreason;
}

function reference(run: TektonFacts): ReturnType<typeof cite>[] {
  const ref = run.params['taskRef'] ?? run.params['pipelineRef'];
  return ref === undefined ? [] : [cite(run.source, 'spec', JSON.stringify(ref))];
}

/** What a Tekton run waited for, in the words of its own status: all that is left when its pod is not in evidence. */
export const tektonCause: Rule = {
  name: 'tekton-cause',
  basis:
    'The TaskRun status quotes why its pod could not run, and a timed-out or cancelled one quotes its "Previous status".',
  waiting: true,
  apply(facts) {
    if (facts.mainStarted) return null;
    for (const run of [...failedRuns(facts), ...facts.taskRuns.filter((one) => !one.over)]) {
      const previous = /Previous status: \[(\w+)\] (.*)$/s.exec(run.succeeded?.message ?? '');
      const reason = previous?.[1] ?? run.succeeded?.reason ?? '';
      const text = previous?.[2] ?? run.succeeded?.message ?? '';
      const meaning = meaningOf(reason, text);
      if (meaning === null) continue;
      return {
        ...meaning,
        // Its steps are not in evidence: that this one waited does not prove that no other one ran.
        ...(facts.containers.length === 0 && run.podName !== ''
          ? { stage: 'PreExecution' as const, effects: 'Unknown' as const }
          : {}),
        message: `${run.kind} ${run.name}: ${text}`,
        citations: citeRun(run),
      };
    }
    return null;
  },
};

type Meaning = Pick<Finding, 'reason' | 'subreason' | 'clears' | 'named' | 'mayStillRun'>;

function meaningOf(reason: string, text: string): Meaning | null {
  const step = /\bstep "([^"]+)"/.exec(text)?.[1];
  const named =
    step === undefined
      ? {}
      : { named: { container: step.startsWith('step-') ? step : `step-${step}`, exitCode: null } };
  if (reason === 'ExceededResourceQuota' || /exceeded quota/.test(text)) {
    const refusal = refusalOfText(text);
    return {
      reason: 'QuotaExceeded',
      subreason: refusal?.reason === 'QuotaExceeded' ? refusal.subreason : 'ResourceQuota',
      clears: refusal?.clears ?? true,
    };
  }
  if (reason === 'ExceededNodeResources' || /nodes are available|Unschedulable/.test(text)) {
    const { subreason, clears } = leading([text]);
    return { reason: 'Unschedulable', subreason, clears };
  }
  if (
    reason === 'TaskRunImagePullFailed' ||
    /ImagePullBackOff|ErrImagePull|InvalidImageName|pull(?:ing)? (?:the )?image|failed to pull/.test(text)
  ) {
    return { reason: 'ImagePull', ...pullMeaning(text), ...named };
  }
  if (
    reason === 'CreateContainerConfigError' ||
    /CreateContainerConfigError|(?:secret|configmap) "[^"]*" not found/.test(text)
  ) {
    const row = rowOf(CONFIG, text);
    return { reason: 'ConfigurationError', subreason: row?.subreason ?? 'InvalidPodSpec', clears: false, ...named };
  }
  if (isRbacDenial(text) || /^(?:PodCreationFailed|CouldntCreatePod|PodAdmissionFailed)$/.test(reason)) {
    const refusal = refusalOfText(text);
    if (refusal !== null) {
      const { reason: why, subreason, clears, open } = refusal;
      return { reason: why, subreason, clears, mayStillRun: open };
    }
    return reason === 'PodAdmissionFailed'
      ? { reason: 'AdmissionRejected', subreason: 'PolicyDenied', clears: false }
      : { reason: 'ConfigurationError', subreason: 'InvalidPodSpec', clears: false };
  }
  return null;
}

const CONFIG: readonly TextRow[] = [
  { pattern: /couldn't find key \S+ in Secret/, subreason: 'SecretKeyNotFound', clears: false },
  { pattern: /couldn't find key \S+ in ConfigMap/, subreason: 'ConfigMapKeyNotFound', clears: false },
  { pattern: /secret "[^"]*" not found/, subreason: 'SecretNotFound', clears: false },
  { pattern: /configmap "[^"]*" not found/, subreason: 'ConfigMapNotFound', clears: false },
];

/** A TaskRun failed and only its message tells how its step ended. */
export const tektonStepFailed: Rule = {
  name: 'tekton-step-failed',
  basis: 'Tekton writes `"step-x" exited with code N` into the condition of a TaskRun whose step failed.',
  apply(facts) {
    for (const run of failedRuns(facts)) {
      const message = run.succeeded?.message ?? '';
      const match = /"?(step-[^" ]+|[^" ]+)"? exited with code (\d+)(?:: (\w+))?/.exec(message);
      if (match === null) continue;
      if (/^init container failed/.test(message)) {
        return {
          reason: 'InitContainerFailed',
          subreason: 'InitExitNonZero',
          clears: true,
          stage: 'PreExecution',
          effects: 'InitOnly',
          named: { container: match[1] ?? '', exitCode: Number(match[2]) },
          message: `${run.kind} ${run.name} failed: ${message.trim()}`,
          citations: citeRun(run),
        };
      }
      const oom = match[3] === 'OOMKilled' || run.succeeded?.reason === 'StepOOM';
      const exitCode = Number(match[2]);
      const killed = exitCode === 137 || exitCode === 143;
      return {
        reason: oom ? 'OOMKilled' : killed ? 'Unknown' : 'TaskFailed',
        subreason: oom
          ? 'StepOOM'
          : killed
            ? exitCode === 137
              ? 'SigkillUnexplained'
              : 'SigtermUnexplained'
            : 'StepFailed',
        clears: false,
        stage: 'Execution',
        effects: 'Possible',
        confidence: killed && !oom ? 'None' : 'Likely',
        named: { container: match[1] ?? '', exitCode },
        message: `${run.kind} ${run.name} failed: ${message.trim()}`,
        citations: citeRun(run),
      };
    }
    return null;
  },
};

/** The failed TaskRuns; the PipelineRun only where none failed: what it says of them is a wrapper. */
function failedRuns({ taskRuns, pipelineRun }: Facts): readonly TektonFacts[] {
  const failed = (one: TektonFacts): boolean => one.succeeded?.status === 'False';
  const children = taskRuns.filter(failed);
  return children.length > 0 || pipelineRun === null ? children : [pipelineRun].filter(failed);
}
