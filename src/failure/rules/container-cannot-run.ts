import { cite, citeEnd, citeEvent, citeLimit, citeNode, citeWaiting } from '../cite.js';
import type { ContainerFacts, Facts, Termination } from '../facts/facts.js';
import { deciding, namesOf } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';
import { neutral } from '../neutral.js';
import { quantityOf } from '../quantity.js';
import { rowOf, type TextRow } from '../text-table.js';
import { blockedContainers, deletedByOthers, failuresOf } from './not-started.js';

/** runc, crun, Docker, containerd, CRI-O and hcsshim in their own words. What is short or stuck on a node clears. */
const TEXTS: readonly TextRow[] = [
  {
    pattern:
      /nvidia-container-cli|nvidia-container-runtime|libnvidia|prestart hook.*(?:nvidia|gpu)|\bnvml\b|CDI device/i,
    subreason: 'GPURuntimeHook',
    clears: false,
  },
  {
    pattern:
      /operating system .*(?:does not match|cannot be used)|container operating system|not supported on this platform/i,
    subreason: 'OSMismatch',
    clears: false,
  },
  {
    pattern: /OOM-killed|memory limit too low|[Mm]inimum memory limit|set memory limit .* too low/,
    subreason: 'MemoryLimitTooLow',
    clears: false,
  },
  // What the runtime sets up before it looks for the program: mounts, the working directory, the user, security profiles.
  {
    pattern:
      /error mounting (?!.*no space left)|chdir to cwd|unable to find (?:user|group)|apparmor failed|apply apparmor|seccomp|setting SELinux|error running (?:hook|prestart hook)/is,
    subreason: 'RuntimeInitError',
    clears: false,
  },
  // The runtime daemon or systemd went away, or the sandbox did: nothing of this is in the spec.
  {
    pattern:
      /unable to start unit|message bus|no running task found|code = Unavailable|error reading from server|unexpected EOF|failed to mount rootfs component/,
    subreason: 'RuntimeInitError',
    clears: true,
  },
  // A host path, before any program is looked for.
  {
    pattern: /failed to generate (?:container \S+ )?spec|bind source path does not exist|^stat \//,
    subreason: 'RuntimeInitError',
    clears: false,
  },
  { pattern: /exec format error/i, subreason: 'ExecFormatError', clears: false },
  {
    pattern:
      /executable file .*not found|no such file or directory.*unknown$|exec:? .*no such file or directory|stat \S+: no such file or directory|cannot find the (?:file|path) specified/is,
    subreason: 'ExecutableNotFound',
    clears: false,
  },
  {
    pattern:
      /exec:? .*(?:permission denied|operation not permitted)|open executable.*permission denied|is a directory/is,
    subreason: 'PermissionDenied',
    clears: false,
  },
  {
    pattern:
      /context deadline exceeded|DeadlineExceeded|failed to reserve container name|name ".*" is (?:already )?reserved|name "[^"]*" is already in use|timed? ?out|context canceled/i,
    subreason: 'CreateTimeout',
    clears: true,
  },
  {
    pattern:
      /no space left on device|cannot allocate memory|can't get final child's PID|resource temporarily unavailable|too many open files|device or resource busy|connection refused|transport is closing|connection error|dbus|input\/output error/i,
    subreason: 'RuntimeInitError',
    clears: true,
  },
];

/**
 * A program's first instant inside the container is the runtime's: runc's and crun's init process prints why it cannot
 * become the program. These whole lines are theirs; a shell words it otherwise, with its own name in front.
 */
const PRINTED_BY_INIT =
  /^(?:\{"msg":"|)(?:standard_init_linux\.go:\d+: )?exec(?: user process caused:?| container process [`"(]?\S+[`")]?:?| \S+:) "?(?:exec format error|no such file or directory|permission denied)"?\s*"?\}?\s*$/i;

/** A pipe to runc's init that breaks while a tiny memory limit stands: the kernel killed init before it could speak. */
const INIT_DIED =
  /(?:write|read) init-p: (?:broken pipe|connection reset)|container init caused: "?\s*$|signal: killed/;
const TINY_BYTES = 64 * 1024 * 1024;

/** The runtime could not start the process. */
export const containerCannotRun: Rule = {
  name: 'container-cannot-run',
  basis:
    'CreateContainerError, RunContainerError, StartError and ContainerCannotRun come from the runtime: no process ran.',
  waiting: true,
  apply(facts) {
    if (deletedByOthers(facts)) return null;
    for (const container of [...blockedContainers(facts), ...startErrors(facts)]) {
      const told = runtimeText(facts, container);
      if (told !== null) return findingOf(facts, container, told);
    }
    return null;
  },
};

/** A restarted container whose last try could not be started. */
function startErrors(facts: Facts): readonly ContainerFacts[] {
  const all = [...facts.containers.filter((one) => one.kind !== 'main'), ...deciding(facts)];
  return all.filter((one) => one.ended?.reason === 'StartError' || one.ended?.reason === 'ContainerCannotRun');
}

interface Told {
  readonly text: string;
  readonly end: Termination | null;
}

function runtimeText(facts: Facts, container: ContainerFacts): Told | null {
  const { waiting, ended, last } = container;
  for (const end of [ended, last]) {
    if (
      end !== null &&
      (end.reason === 'StartError' || end.reason === 'ContainerCannotRun') &&
      !(end === last && container.state === 'running')
    ) {
      return { text: end.message, end };
    }
  }
  if (/^(?:CreateContainerError|RunContainerError)$/.test(waiting.reason)) return { text: waiting.message, end: null };
  if (container.state === 'waiting' && !/^(?:ContainerCreating|PodInitializing|)$/.test(waiting.reason)) return null;
  if (container.started) return null;
  // Its status was rewritten: the kubelet's Failed event still quotes the runtime.
  const event = failuresOf(facts, container).find((one) =>
    /runtime create failed|container create failed|failed to create containerd|failed to start container|failed to (?:generate|reserve) /.test(
      one.message,
    ),
  );
  return event === undefined ? null : { text: event.message.replace(/^Error: /, ''), end: null };
}

function findingOf(facts: Facts, container: ContainerFacts, { text, end }: Told): Finding {
  const { subreason, clears } = meaningOf(container, neutral(text, namesOf(facts)));
  const event = failuresOf(facts, container)[0];
  const exit = end === null ? '' : ` (exit ${end.exitCode})`;
  return {
    reason: 'ContainerCannotRun',
    subreason,
    clears,
    container,
    ...(end === null ? {} : { ending: end }),
    message: `Container ${container.name} (${container.image}) could not be started${exit}: ${text.trim()}`,
    citations: [
      ...(end === null ? [] : [citeEnd(container, end)]),
      ...(container.state === 'waiting' ? [citeWaiting(container)] : []),
      cite(container.source, `spec.containers[${container.name}].image`, container.image),
      ...(container.command.length === 0
        ? []
        : [cite(container.source, `spec.containers[${container.name}].command`, container.command.join(' '))]),
      ...(subreason === 'MemoryLimitTooLow' ? citeLimit(container) : []),
      ...(event === undefined ? [] : [citeEvent(event)]),
      ...citeNode(facts),
    ],
  };
}

function meaningOf(container: ContainerFacts, text: string): Pick<TextRow, 'subreason' | 'clears'> {
  if (INIT_DIED.test(text.trim()) && isTiny(container.memoryLimit))
    return { subreason: 'MemoryLimitTooLow', clears: false };
  const row = rowOf(TEXTS, text);
  if (row?.subreason === 'GPURuntimeHook') {
    // A device that fell off the bus is one node's trouble; a driver that is too old or absent is its set-up.
    return {
      subreason: 'GPURuntimeHook',
      clears: /GPU is lost|unknown device|device busy|Unknown Error|timed out/i.test(text),
    };
  }
  // A leftover below the kubelet's folder of this very pod: another pod has another folder.
  const leftover =
    /kubelet\/pods\/[0-9a-f-]{36}\//.test(text) && /file exists|not a directory|no such file|stale/i.test(text);
  return leftover
    ? { subreason: 'RuntimeInitError', clears: true }
    : (row ?? { subreason: 'RuntimeInitError', clears: false });
}

function isTiny(limit: string | null): boolean {
  const bytes = quantityOf(limit ?? '');
  return bytes !== null && bytes <= TINY_BYTES;
}

/** The runtime's init process ran, and printed that it cannot become the program. */
export const execFailedInInit: Rule = {
  name: 'exec-failed-in-init',
  basis:
    'Where execve fails late, the runtime counts the container as started; the only line of its log is from runc or crun.',
  apply(facts) {
    for (const container of facts.containers) {
      const end = container.ended ?? container.last;
      if (end === null || end.exitCode === 0 || !PRINTED_BY_INIT.test(end.message.trim())) continue;
      return {
        reason: 'ContainerCannotRun',
        subreason: rowOf(TEXTS, end.message)?.subreason ?? 'RuntimeInitError',
        clears: false,
        container,
        ending: end,
        confidence: 'Likely',
        // Nothing of the program ran, but only a printed line says so: effects stay what the states say.
        stage: 'PreExecution',
        message: `Container ${container.name} (${container.image}) could not become its program (exit ${end.exitCode}): ${end.message.trim()}`,
        citations: [
          citeEnd(container, end),
          cite(container.source, `spec.containers[${container.name}].image`, container.image),
          ...citeNode(facts),
        ],
      };
    }
    return null;
  },
};
