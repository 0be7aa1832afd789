import { cite, citeEvent, citeNode, citeSettings } from '../cite.js';
import type { EventFacts, Facts } from '../facts/facts.js';
import { namesOf, nothingStarted } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';
import { neutral } from '../neutral.js';
import { rowOf, type TextRow } from '../text-table.js';
import { deletedByOthers } from './not-started.js';

/** The CRI's RunPodSandbox, CNI plug-ins and sandboxed runtimes in their own words. */
const TEXTS: readonly TextRow[] = [
  {
    pattern:
      /no runtime for "[^"]*" is configured|[Rr]untime ?[Hh]andler "?[^"]*"? (?:not |is not )|find runtime handler|unknown runtime handler/,
    subreason: 'RuntimeHandlerMissing',
    clears: false,
  },
  {
    pattern: /runtimeclass\S* "[^"]*" not found/i,
    reason: 'ConfigurationError',
    subreason: 'RuntimeClassNotFound',
    clears: false,
  },
  { pattern: /sandbox image/, subreason: 'SandboxStart', clears: true },
  { pattern: /OOM-killed|memory limit too low/, subreason: 'SandboxStart', clears: false },
  {
    pattern:
      /failed to create shim(?: task)?: not found|failed to start shim: .*executable file not found|qemu\S* does not exist/,
    subreason: 'RuntimeHandlerMissing',
    clears: false,
  },
  {
    pattern: /operating system .*does not match|container operating system|hcsshim::.*operating system/i,
    subreason: 'SandboxOSMismatch',
    clears: false,
  },
  {
    pattern:
      /no IP addresses available|failed to assign an IP|no available IP|IP (?:address )?(?:pool|range).*(?:exhausted|full)|failed to allocate for range|InsufficientFreeAddresses|InsufficientCidrBlocks|no free addresses|IPAM.*(?:full|exhausted)|no more IPs|(?:could not|failed to|unable to) allocate (?:an )?IP\b|not enough IPs|no available IP\/Prefix/i,
    subreason: 'IPAllocation',
    clears: true,
  },
  {
    pattern:
      /setup network for sandbox|set ?up (?:pod )?(?:sandbox )?network|networkPlugin cni|plugin type=|\bCNI\b|cni config|NetworkPluginNotReady|network is not ready|NetworkReady=false|error adding pod .* to CNI|delegateAdd/i,
    subreason: 'CNIPlugin',
    clears: true,
  },
  {
    pattern:
      /dial unix [^ :]*(?:containerd|crio|cri-?dockerd|docker(?:shim)?)[^ :]*\.sock|Cannot connect to the Docker daemon|transport: Error while dialing|code = Unavailable/i,
    subreason: 'RuntimeDown',
    clears: true,
  },
  {
    pattern: /Could not access KVM|kvm.*(?:not|denied)|virtualization.*not (?:supported|available)/i,
    subreason: 'SandboxVM',
    clears: false,
  },
  {
    pattern: /\bqemu|QMP|firecracker|kata|hypervisor|vsock|cloud-hypervisor|\bVM\b/i,
    subreason: 'SandboxVM',
    clears: true,
  },
  {
    pattern: /context deadline exceeded|DeadlineExceeded|reserve sandbox name|is reserved for|timed? ?out/i,
    subreason: 'SandboxTimeout',
    clears: true,
  },
];

/** The pod's sandbox (network, pause container, runtime handler) could not be made. */
export const sandboxFailed: Rule = {
  name: 'sandbox-failed',
  basis:
    'The kubelet asks the runtime for a sandbox before any container and sends FailedCreatePodSandBox or NetworkNotReady.',
  waiting: true,
  apply(facts) {
    if (facts.pod === null || !nothingStarted(facts) || deletedByOthers(facts)) return null;
    const events = facts.events
      .filter((one) =>
        /^(?:FailedCreatePodSandBox|FailedCreatePodSandbox|FailedPodSandBoxStatus|NetworkNotReady)$/.test(one.reason),
      )
      .reverse();
    const [event] = events;
    return event === undefined ? null : findingOf(facts, event, events);
  },
};

const SANDBOX_START: Omit<TextRow, 'pattern'> = { subreason: 'SandboxStart', clears: true };

function findingOf(facts: Facts, event: EventFacts, events: readonly EventFacts[]): Finding {
  const row: Omit<TextRow, 'pattern'> = rowOf(TEXTS, neutral(event.message, namesOf(facts))) ?? SANDBOX_START;
  const limits = facts.containers.flatMap((one) =>
    one.memoryLimit === null
      ? []
      : [cite(one.source, `spec.containers[${one.name}].resources.limits.memory`, one.memoryLimit)],
  );
  return {
    reason: row.reason ?? 'SandboxFailed',
    subreason: row.subreason,
    clears: row.clears,
    message: `The pod's sandbox could not be made on node ${facts.pod?.node ?? ''}: ${event.message}`,
    citations: [
      citeEvent(event),
      ...events
        .filter((one) => one !== event)
        .slice(0, 1)
        .map(citeEvent),
      ...(row.subreason === 'SandboxStart' ? limits : []),
      ...(facts.pod === null ? [] : citeSettings(facts.pod, 'runtimeClassName')),
      ...citeNode(facts),
    ],
  };
}
