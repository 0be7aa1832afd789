import type { Reason } from '../api/types.js';

/** What is to be known of a reason: the source of docs/failures.md and of `lockstep explain REASON`. */
export interface ReasonEntry {
  readonly reason: Reason;
  readonly meaning: string;
  /** What it is concluded from. */
  readonly evidence: string;
  /** What Lockstep does unless the step says otherwise. */
  readonly handling: string;
  /** Usual fixes, safest first. */
  readonly fixes: readonly string[];
  /** Closer causes, with the fix of each. */
  readonly subreasons: Readonly<Record<string, string>>;
}

const PRE =
  'Tried again with back-off within retry.preExecution where the cause clears by itself; else the step fails.';
const NEVER_BY_ITSELF = 'The step fails and is not tried again by itself: user code had run.';
const INFRA =
  'Tried again within retry.infrastructure only if the step is marked idempotent and the old pod is known to be stopped.';

/** All reasons, in alphabetical order. */
export const CATALOGUE: readonly ReasonEntry[] = [
  {
    reason: 'AdmissionRejected',
    meaning:
      'A policy, webhook or limit of the cluster, or the kubelet of the chosen node, refused the object. Nothing ran.',
    evidence:
      "The API server's 403, 400 or 500 with the plug-in's or webhook's text; or status.reason of a pod that the kubelet refused.",
    handling: PRE,
    fixes: ['Change the field that the message names, or ask the owner of the policy.'],
    subreasons: {
      NodeNotSetUp: 'Choose nodes that are set up for what the pod asks.',
      QuotaStatusUnknown: 'The quota is being computed; another try may do.',
      AppArmor: 'Run on nodes with AppArmor enabled, or drop the profile.',
      DeviceAllocateFailed: 'Look at the device plug-in and the device of the node; another node may serve.',
      KubeletOutOfResource: 'Another pod took the room first; the next try may go elsewhere. Do not set nodeName.',
      LimitRange: 'Bring requests and limits within the LimitRange of the namespace.',
      NamespaceTerminating: 'The namespace is being deleted: use another, or create it again when it is gone.',
      NodeAffinityRejected: 'The labels or taints of the node changed; the next try goes elsewhere.',
      NodeShutdown: 'The node is shutting down; the next try goes elsewhere.',
      PodSecurity: 'Set the securityContext that the message asks for.',
      PolicyDenied: 'Change what the policy names, or ask its owner for an exception.',
      QuotaRequiresResources: 'Set the requests and limits that the quota demands.',
      SecurityContextConstraints: 'Use a service account with a fitting SecurityContextConstraint.',
      SysctlForbidden: "Allow the sysctl in the kubelet's configuration, or drop it.",
      TopologyAffinity: 'The node could not align the resources; another node, or another time, may.',
      WebhookUnavailable: 'Look at the service behind the webhook; the create is repeated meanwhile.',
      WebhookValidation: 'Change what the webhook names.',
    },
  },
  {
    reason: 'ApiServerError',
    meaning: 'The API server, or the etcd behind it, answered with an error or not in time.',
    evidence: 'A 5xx or 429 answer to the create, or its text.',
    handling:
      'The create is repeated under the same name until the start bound; where it is open whether it went through, nothing else is started.',
    fixes: ['Look at the API server and etcd: kubectl get --raw /readyz?verbose'],
    subreasons: {
      EtcdUnavailable: 'Look at etcd; nothing was created.',
      ServerUnavailable: 'The API server was busy or away; nothing was created.',
      EtcdLeaderChanged: 'etcd elected a new leader: look whether the object exists before you create it again.',
      QuotaEvaluationTimeout: 'Quota could not be computed in time; nothing was created.',
      RequestTimeout: 'Look whether the object exists before you create it again.',
    },
  },
  {
    reason: 'Cancelled',
    meaning: 'Somebody stopped it on purpose.',
    evidence:
      "Our own committed intent, a deletionTimestamp without a disruption, a Job's Suspended condition, or spec.status of a Tekton run.",
    handling: 'Never tried again by itself.',
    fixes: ['If it was not meant to be stopped, run it again.'],
    subreasons: {
      FailFast: 'See why it could not get on.',
      SiblingFailed: 'See the step that failed first.',
      SpecChanged: 'The new spec runs instead.',
      JobSuspended: 'Resume the Job: kubectl patch job NAME -p \'{"spec":{"suspend":false}}\'',
      PodDeleted:
        'Find who deleted it in the audit log of the cluster; check what it had done before you run it again.',
      UserCancelled: 'Run it again when it is wanted.',
    },
  },
  {
    reason: 'ConfigurationError',
    meaning: 'A reference or a field cannot be satisfied as it is written. Nothing ran.',
    evidence:
      'CreateContainerConfigError, a FailedMount event for a Secret or ConfigMap, a 404 or 422 answer, or the condition of a Tekton run.',
    handling: 'Waits 5 minutes for what may just be created, then the step fails; not tried again by itself.',
    fixes: ['Create what is missing, or correct the reference.'],
    subreasons: {
      ConditionInvalid: 'Correct the condition `when` of the step.',
      ConfigMapKeyNotFound: 'Add the key to the ConfigMap, or correct its name in the step.',
      ConfigMapNotFound: "Create the ConfigMap in the step's namespace, or mark it optional.",
      ExecutorMissing: 'Correct what the step runs, or run a controller that has the executor.',
      InvalidPodSpec: 'Correct the field that the message names.',
      InvalidWorkspaceBinding: 'Bind the workspace that the Pipeline asks for.',
      NamespaceNotFound: 'Create the namespace, or correct its name.',
      ParameterMissing: 'Give the parameters that the message names.',
      PipelineNotFound: 'Create the Pipeline, or correct its name.',
      PipelineValidationFailed: 'Correct the Pipeline where the message points.',
      PriorityClassNotFound: 'Create the PriorityClass, or correct its name.',
      ResultNotEmitted: 'Make the earlier task write the result that is referenced.',
      RunAsNonRoot: 'Set runAsUser to a number other than 0, or use an image with a numeric user.',
      RuntimeClassNotFound: 'Create the RuntimeClass, or correct its name.',
      SecretKeyNotFound: 'Add the key to the Secret, or correct its name in the step.',
      SecretNotFound: "Create the Secret in the step's namespace, or mark it optional.",
      SecretProviderClassNotFound: 'Create the SecretProviderClass in the same namespace.',
      ServiceAccountNotFound: 'Create the service account, or correct serviceAccountName.',
      TaskNotFound: 'Create the Task, or correct its name.',
      TaskResolutionFailed: 'Correct the reference that the resolver was given.',
    },
  },
  {
    reason: 'ContainerCannotRun',
    meaning: 'The container runtime could not start the process. It never ran.',
    evidence: 'CreateContainerError, RunContainerError, StartError or ContainerCannotRun with the text of the runtime.',
    handling: PRE,
    fixes: ['Correct command, workingDir or image of the container.'],
    subreasons: {
      CreateTimeout: 'The runtime of the node is slow or stuck; another try, or another node, may do.',
      ExecFormatError: "Build the image for the node's architecture, or add the missing #! line to the script.",
      ExecutableNotFound: 'Correct the command: each word of a command line is one item of the list.',
      GPURuntimeHook: 'Look at driver and container toolkit of the node.',
      MemoryLimitTooLow: "Raise the memory limit: the runtime's own start does not fit.",
      OSMismatch: 'Choose nodes with the operating system of the image.',
      PermissionDenied: 'Make the entrypoint executable (chmod +x) in the image.',
      RuntimeInitError: 'Correct the mount, folder or security setting that the message names.',
    },
  },
  {
    reason: 'DeadlineExceeded',
    meaning: 'A time limit passed and nothing else was wrong.',
    evidence: "status.reason of the pod, the Job's condition, the Tekton run's condition, or our own bound.",
    handling: NEVER_BY_ITSELF,
    fixes: ['Check how far it got, then raise the limit or make the work shorter.'],
    subreasons: {
      RunTimeout: "Raise the run's timeout.",
      JobActiveDeadline: 'Raise spec.activeDeadlineSeconds of the Job.',
      PipelineRunTimeout: 'Raise spec.timeouts.pipeline.',
      PipelineTasksTimeout: 'Raise spec.timeouts.tasks.',
      PodActiveDeadline: 'Raise activeDeadlineSeconds of the pod.',
      RunBound: 'Raise timeouts.run of the step.',
      StartTimeout: 'Raise timeouts.start of the step.',
      StepTimeout: 'Raise the timeout of the Tekton step.',
      TaskRunTimeout: 'Raise the timeout of the TaskRun.',
    },
  },
  {
    reason: 'Evicted',
    meaning: 'The pod was put off its node, or exceeded a storage limit of its own.',
    evidence: 'status.reason Evicted, DisruptionTarget, or an eviction event.',
    handling: INFRA,
    fixes: ['If the node was short: set requests that match what the step uses.'],
    subreasons: {
      DiskPressureAdmission: 'The node is short of disk; the next try goes elsewhere.',
      PIDPressureAdmission: 'The node is short of process ids; the next try goes elsewhere.',
      DiskPressure: "Free the node's disk; set ephemeral-storage requests.",
      EmptyDirLimit: 'Raise the sizeLimit of the emptyDir, or write less.',
      EphemeralStorageLimit: 'Raise the ephemeral-storage limit, or write less.',
      EvictionAPI: 'A drain or autoscaler moved it; mark the step idempotent if it may start again.',
      MemoryPressure: 'Set a memory request that matches what the step uses.',
      MemoryPressureAdmission: 'The node is short of memory; the next try goes elsewhere.',
      NodePressure: 'The node was short of something that its message does not name; see its conditions.',
      PIDPressure: 'The node is short of process ids; look for what makes so many.',
      TaintManager: 'Somebody tainted the node NoExecute; tolerate the taint or run elsewhere.',
    },
  },
  {
    reason: 'Forbidden',
    meaning: 'RBAC does not allow it.',
    evidence: "The API server's sentence: User … cannot VERB resource … in API group ….",
    handling: 'Not tried again by itself: a permission must be given first.',
    fixes: ['Grant the verb on the resource to the user that the message names.'],
    subreasons: {
      Unauthenticated: 'The credentials are wrong or expired: renew them.',
      OwnerFinalizersDenied: 'Allow update on the finalizers subresource of the owner.',
      RBACDenied: 'Grant the verb on the resource to the user that the message names.',
    },
  },
  {
    reason: 'ImagePull',
    meaning: 'The kubelet cannot get a usable image. Nothing of that container ran.',
    evidence: 'ErrImagePull, ImagePullBackOff and the like with the text of the runtime, or the Failed event.',
    handling:
      'Invalid names fail at once, missing images and refused access after 90 seconds; rate limits and outages are waited for and tried again.',
    fixes: ['Correct the image reference, or give access to the registry.'],
    subreasons: {
      ImageInspectError: "Repair the node's image store; another node may serve.",
      InsecureRegistry: 'Configure the registry as insecure on the node, or give it TLS.',
      InvalidImageName: 'Correct the image reference.',
      ManifestUnknown: 'Push the tag or digest, or correct the reference.',
      NeverPullAbsent: 'Load the image onto the node, or change imagePullPolicy.',
      NoSpaceOnNode: "Free the node's disk; another node may serve.",
      PlatformMismatch: "Build the image for the node's platform, or choose other nodes.",
      PullBackOff: 'See the Failed events of the pod for the cause.',
      PullCanceled: 'Another try may do.',
      PullSecretMissing: 'Create the pull Secret that the pod names.',
      PullTimeout: 'The registry or the network is slow; another try may do.',
      RateLimited: 'Log in to the registry, or use a mirror.',
      RegistryUnreachable: 'Look at DNS, network and the registry itself.',
      SignatureValidationFailed: 'Sign the image, or correct the signature policy of the node.',
      TLSVerification: "Give the node the registry's CA.",
      Unauthorized: 'Add or renew the pull Secret; check that the repository exists.',
    },
  },
  {
    reason: 'InitContainerFailed',
    meaning: 'An init container ran and ended with a failure; no main container started.',
    evidence: 'The terminated state of the init container.',
    handling: PRE,
    fixes: ['Read the last log lines of the init container.'],
    subreasons: {
      InitCrashLoop: 'Read the log of its last try: kubectl logs --previous -c NAME',
      InitExitNonZero: 'Read the last log lines of the init container.',
    },
  },
  {
    reason: 'NodeLost',
    meaning: 'The node went away, or nobody hears from it.',
    evidence: "The node's Ready condition and taints, DisruptionTarget, or status.reason of the pod.",
    handling: `${INFRA} While the node is silent the container may still run: nothing is started.`,
    fixes: ['Make sure that the node is off before anything else is started.'],
    subreasons: {
      GracefulNodeShutdown: 'The kubelet stopped the pod itself; it is known to be stopped.',
      NodeDeleted: 'A deleted Node object does not prove that the machine stopped: check it.',
      NodeNotReady: 'Fence or power off the node, or wait until it answers.',
      NodeRebooted: 'The node was rebooted; the step may be half done.',
      NodeUnreachable: 'Fence or power off the node, or wait until it answers.',
    },
  },
  {
    reason: 'OOMKilled',
    meaning: 'The kernel killed a process of the container for memory.',
    evidence:
      'Reason OOMKilled in state or lastState (whatever the exit code), or a SystemOOM event that names the process.',
    handling: NEVER_BY_ITSELF,
    fixes: ['Raise the memory limit of the container, or make it use less.'],
    subreasons: {
      CgroupOOM: 'Raise the memory limit of the container, or make it use less.',
      ChildProcessOOM: 'Raise the memory limit: a child process was killed, the program went on without it.',
      InitContainerOOM: 'Raise the memory limit of the init container.',
      OOMKilledExitZero: 'Do not trust the result: a part of the work was killed. Raise the memory limit.',
      SidecarOOM: 'Raise the memory limit of the sidecar.',
      StepOOM: 'Raise the memory limit of the step.',
      SystemOOM: 'The node itself ran out of memory: set requests that match use.',
    },
  },
  {
    reason: 'Preempted',
    meaning: 'Something of higher priority got its place.',
    evidence: 'DisruptionTarget PreemptionByScheduler, status.reason Preempting, or an event of the queue.',
    handling: INFRA,
    fixes: ['Give the step a priority class that fits, or mark it idempotent so that it may start again.'],
    subreasons: {
      KubeletPreemption: 'A critical pod needed the node; the next try goes elsewhere.',
      QueuePreemption: 'The queue starts it again by itself.',
      SchedulerPreemption: 'Give the step a priority class that fits.',
    },
  },
  {
    reason: 'ProbeFailed',
    meaning: 'A probe says that the container does not work; a liveness or startup probe also has it killed.',
    evidence: 'The Unhealthy event, and Killing after it.',
    handling: NEVER_BY_ITSELF,
    fixes: ['A step that runs to its end seldom needs probes: remove the probe, or give it more time.'],
    subreasons: {
      LivenessFailing: 'Repair what the liveness probe asks, or give it more time.',
      LivenessErrored: 'The probe itself cannot be carried out; it proves nothing about the container.',
      LivenessKilled: 'Give the liveness probe more time, or repair what it asks.',
      ReadinessFailing: 'Repair what the readiness probe asks.',
      StartupKilled: 'Raise failureThreshold of the startup probe.',
    },
  },
  {
    reason: 'QuotaExceeded',
    meaning: 'The quota of the namespace has no room. Nothing ran.',
    evidence: '403 "exceeded quota" to the create, or FailedCreate of the Job.',
    handling: PRE,
    fixes: ['Wait until others end, or raise the quota: kubectl describe resourcequota'],
    subreasons: {
      ObjectCountQuota: 'Delete objects of that kind, or raise the quota.',
      ResourceQuota: 'Wait until others end, ask for less, or raise the quota.',
      StorageQuota: 'Delete claims, or raise the storage quota.',
    },
  },
  {
    reason: 'ResourceConflict',
    meaning: 'Another object stands in the way (HTTP 409). Nothing ran.',
    evidence: '409 to the create.',
    handling: PRE,
    fixes: ['See whose object has the name.'],
    subreasons: {
      AlreadyExists: 'Another object has this name: delete it or choose another name.',
      ObjectBeingDeleted: 'The old object is being deleted; it makes room when its finalizers are off.',
      PreconditionFailed: 'It was changed meanwhile; another try reads it again.',
      QuotaUpdateConflict: 'Many creates at once; another try may do.',
    },
  },
  {
    reason: 'SandboxFailed',
    meaning: "The pod's sandbox (network, pause container, runtime handler) could not be made. Nothing ran.",
    evidence: 'FailedCreatePodSandBox or NetworkNotReady events.',
    handling: PRE,
    fixes: ['Look at the network plug-in and the container runtime of the node.'],
    subreasons: {
      CNIPlugin: 'Look at the network plug-in of the node.',
      IPAllocation: 'The node or subnet has no free addresses: enlarge the pool or wait.',
      RuntimeDown: 'The container runtime of the node does not answer: look at it.',
      RuntimeHandlerMissing: 'Install the handler that the RuntimeClass names, or choose nodes that have it.',
      SandboxOSMismatch: 'Choose nodes with the operating system of the image.',
      SandboxStart: 'The pause container does not start; a tiny memory limit is a usual cause.',
      SandboxTimeout: 'The container runtime of the node is slow or stuck.',
      SandboxVM: 'Look at the virtual machine runtime (kata, firecracker) of the node.',
    },
  },
  {
    reason: 'TaskFailed',
    meaning: 'The program ran and ended with a failure of its own.',
    evidence: "The container's exit code and the last lines it left.",
    handling: `${NEVER_BY_ITSELF} Tried again within retry.execution only if the step is idempotent and the exit code is allowed.`,
    fixes: ['Read the last log lines; check what was changed before you run it again.'],
    subreasons: {
      AppOutOfMemory: "The program's own heap was full: raise its heap size, and the limit with it.",
      CommandNotFound: 'The shell did not find the command: correct PATH or the image.',
      ExitNonZero: 'Read the last log lines; check what was changed before you run it again.',
      FailedIndexes: 'Read the log of the failed index.',
      GPUOutOfMemory: 'Use less GPU memory (a smaller batch), or a larger device.',
      InputArtifactFailed: 'See why the input could not be loaded; the command itself may not have run.',
      PodFailurePolicy: "The Job's pod failure policy counts this exit code as final.",
      PostStartHookFailed: 'Correct the postStart hook.',
      Signal: 'The program crashed: look for a core dump or its last lines.',
      StepFailed: 'Read the log of the step.',
    },
  },
  {
    reason: 'Unknown',
    meaning: 'The evidence does not decide.',
    evidence: 'None that would tell; what is missing is listed.',
    handling: 'Not tried again by itself.',
    fixes: ['Check what was changed before you run it again.'],
    subreasons: {
      FailedWithoutDetail: 'Look at the node and its kubelet log of that time.',
      PodsGone: 'The pods are gone: look into the log store.',
      SidecarKilledAfterSuccess: 'The main container had ended well; see why the sidecar had to be killed.',
      SigkillUnexplained: 'Look at the kernel log of the node for out-of-memory kills.',
      SigtermUnexplained: 'Find who sent the signal: the audit log of the cluster, the node, the program itself.',
    },
  },
  {
    reason: 'Unschedulable',
    meaning: 'No node can take the pod. Nothing ran.',
    evidence: 'PodScheduled=False and FailedScheduling.',
    handling:
      'A shortage is waited for until the start bound and tried again; a selector that fits no node fails after five minutes.',
    fixes: ['See what the scheduler says of each node.'],
    subreasons: {
      NodeUnschedulable: 'The nodes are cordoned: uncordon one, or wait.',
      TaintNodeCondition: 'A node is not ready for pods: see its conditions.',
      TaintNotTolerated: 'Tolerate the taint, or choose other nodes.',
      GangScheduling: 'The group of pods is not complete, or has no room together.',
      InsufficientCPU: 'Ask for less, add nodes, or wait.',
      InsufficientResource: 'Ask for less of what the message names, add nodes, or wait.',
      ResourceClaimMissing: 'Create the ResourceClaim or DeviceClass that the pod names.',
      HostPortTaken: 'Another pod has the host port: wait, or choose another port.',
      PodNotSupported: 'Change what the message names, or run it on another kind of node.',
      Unschedulable: 'Read what each filter of the scheduler says in the message.',
      InsufficientGPU: 'Ask for less, add nodes with devices, or wait.',
      InsufficientMemory: 'Ask for less, add nodes, or wait.',
      NodeAffinityMismatch: 'Correct nodeSelector or affinity, or label a node.',
      PersistentVolumeMissing: 'The volume of the claim is gone: restore it, or make a new claim.',
      SchedulingGated: 'Something outside must take the scheduling gate away.',
      TaintDiskPressure: "Free the node's disk.",
      TaintUnreachable: 'Bring the node back.',
      UnboundPVC: 'Create the claim or its StorageClass; see the events of the claim.',
      VolumeNodeAffinity: 'The volume is in another zone than the nodes that fit the pod.',
    },
  },
  {
    reason: 'VolumeMount',
    meaning: 'A volume could not be attached or mounted. Nothing ran.',
    evidence: 'FailedMount and FailedAttachVolume events, or the subPath error of a container.',
    handling: PRE,
    fixes: ['See the events of the pod and of its claim.'],
    subreasons: {
      MountFailed: 'Correct what mount says: the path, the rights or the type of the file system.',
      AttachFailed: 'The volume is in use elsewhere, or gone: look at it where it is stored.',
      CSIDriverMissing: "Look at the CSI driver's node plug-in on that node.",
      CacheSyncTimeout: 'The kubelet could not read it in time; another try may do.',
      HostPathType: 'The path on the node is not of the type that the volume asks for.',
      MountTimeout: 'Look at the storage server and the way to it.',
      MultiAttach: 'The volume is attached to another node: wait until it is released there.',
      SubPath: 'Create the folder that subPath names, or correct it.',
    },
  },
];

/** The entry of a reason, by its name without regard to case; null where there is none. */
export function explainReason(reason: string): ReasonEntry | null {
  return CATALOGUE.find((entry) => entry.reason.toLowerCase() === reason.toLowerCase()) ?? null;
}

/** The usual fix of a reason and its closer cause. */
export function fixOf(reason: Reason, subreason: string | undefined): string {
  const entry = CATALOGUE.find((one) => one.reason === reason);
  return entry?.subreasons[subreason ?? ''] ?? entry?.fixes[0] ?? '';
}
