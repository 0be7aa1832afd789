import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import { condition, ended, event, job, pod, running, startError, verdictOf, waiting } from './build.js';

/** reason/subreason, stage and retryability of a verdict. */
type Expected = readonly [reason: string, stage: string, retryable: boolean];

function check(title: string, parts: JsonObject, [reason, stage, retryable]: Expected): void {
  it(`${title} is ${reason}`, () => {
    const verdict = verdictOf(parts);
    expect([`${verdict.reason}/${verdict.subreason ?? ''}`, verdict.stage, verdict.retryable]).toEqual([
      reason,
      stage,
      retryable,
    ]);
  });
}

const PRE = 'PreExecution';
const RUN = 'Execution';
const INFRA = 'Infrastructure';

function refusal(code: number, reason: string, message: string): JsonObject {
  return { createError: { kind: 'Status', status: 'Failure', code, reason, message } };
}

describe('answers of the API server to a create', () => {
  const cases: readonly [string, JsonObject, Expected][] = [
    [
      'a conflict on the quota',
      refusal(
        409,
        'Conflict',
        'Operation cannot be fulfilled on resourcequotas "team": the object has been modified; please apply your changes to the latest version and try again',
      ),
      ['ResourceConflict/QuotaUpdateConflict', PRE, true],
    ],
    [
      'a failed precondition',
      refusal(
        409,
        'Conflict',
        'Operation cannot be fulfilled on pods "x": Precondition failed: UID in precondition: a, UID in object meta: b',
      ),
      ['ResourceConflict/PreconditionFailed', PRE, true],
    ],
    [
      'an object count quota',
      refusal(
        403,
        'Forbidden',
        'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=50, limited: pods=50',
      ),
      ['QuotaExceeded/ObjectCountQuota', PRE, true],
    ],
    [
      'a storage quota',
      refusal(
        403,
        'Forbidden',
        'persistentvolumeclaims "x" is forbidden: exceeded quota: q, requested: requests.storage=10Gi, used: requests.storage=95Gi, limited: requests.storage=100Gi',
      ),
      ['QuotaExceeded/StorageQuota', PRE, true],
    ],
    [
      'more than the whole quota',
      refusal(
        403,
        'Forbidden',
        'pods "x" is forbidden: exceeded quota: q, requested: requests.cpu=8, used: requests.cpu=0, limited: requests.cpu=4',
      ),
      ['QuotaExceeded/ResourceQuota', PRE, false],
    ],
    [
      'a quota that demands requests',
      refusal(
        403,
        'Forbidden',
        'pods "x" is forbidden: failed quota: q: must specify limits.cpu for: main; limits.memory for: main',
      ),
      ['AdmissionRejected/QuotaRequiresResources', PRE, false],
    ],
    [
      'Pod Security',
      refusal(
        403,
        'Forbidden',
        'pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false)',
      ),
      ['AdmissionRejected/PodSecurity', PRE, false],
    ],
    [
      'a security context constraint',
      refusal(
        403,
        'Forbidden',
        'pods "x" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount]',
      ),
      ['AdmissionRejected/SecurityContextConstraints', PRE, false],
    ],
    [
      'a LimitRange ratio',
      refusal(
        403,
        'Forbidden',
        'pods "x" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000',
      ),
      ['AdmissionRejected/LimitRange', PRE, false],
    ],
    [
      'a terminating namespace',
      refusal(
        403,
        'Forbidden',
        'pods "x" is forbidden: unable to create new content in namespace team because it is being terminated',
      ),
      ['AdmissionRejected/NamespaceTerminating', PRE, false],
    ],
    [
      'a validating policy',
      refusal(
        422,
        'Invalid',
        "pods \"x\" is invalid: : ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: object.spec.hostNetwork == false",
      ),
      ['AdmissionRejected/PolicyDenied', PRE, false],
    ],
    [
      'Gatekeeper',
      refusal(
        403,
        'Forbidden',
        'admission webhook "validation.gatekeeper.sh" denied the request: [must-have-owner] you must provide labels: {"owner"}',
      ),
      ['AdmissionRejected/PolicyDenied', PRE, false],
    ],
    [
      'a webhook without endpoints',
      refusal(
        500,
        'InternalError',
        'Internal error occurred: failed calling webhook "v.example.com": failed to call webhook: Post "https://v.team.svc:443/validate?timeout=10s": no endpoints available for service "v"',
      ),
      ['AdmissionRejected/WebhookUnavailable', PRE, true],
    ],
    [
      'an old webhook error',
      refusal(
        500,
        'InternalError',
        'Internal error occurred: failed calling admission webhook "v.example.com": Post https://v.team.svc:443/?timeout=30s: x509: certificate signed by unknown authority',
      ),
      ['AdmissionRejected/WebhookUnavailable', PRE, true],
    ],
    [
      'RBAC',
      refusal(
        403,
        'Forbidden',
        'pods is forbidden: User "system:serviceaccount:team:runner" cannot create resource "pods" in API group "" in the namespace "team"',
      ),
      ['Forbidden/RBACDenied', PRE, false],
    ],
    [
      'RBAC before 1.12',
      refusal(
        403,
        'Forbidden',
        'jobs.batch is forbidden: User "system:serviceaccount:team:runner" cannot create jobs.batch in the namespace "team"',
      ),
      ['Forbidden/RBACDenied', PRE, false],
    ],
    [
      'owner finalizers',
      refusal(
        403,
        'Forbidden',
        'pods "x" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can\'t set finalizers on: , <nil>',
      ),
      ['Forbidden/OwnerFinalizersDenied', PRE, false],
    ],
    [
      'a missing service account',
      refusal(
        403,
        'Forbidden',
        'pods "x" is forbidden: error looking up service account team/runner: serviceaccount "runner" not found',
      ),
      ['ConfigurationError/ServiceAccountNotFound', PRE, false],
    ],
    [
      'a missing priority class',
      refusal(403, 'Forbidden', 'pods "x" is forbidden: no PriorityClass with name high was found'),
      ['ConfigurationError/PriorityClassNotFound', PRE, false],
    ],
    [
      'an invalid spec',
      refusal(422, 'Invalid', 'Pod "x" is invalid: spec.containers[0].image: Required value'),
      ['ConfigurationError/InvalidPodSpec', PRE, false],
    ],
    [
      'an unknown field',
      refusal(
        400,
        'BadRequest',
        'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.contaners"',
      ),
      ['ConfigurationError/InvalidPodSpec', PRE, false],
    ],
    [
      'a changed leader of etcd',
      refusal(500, '', 'etcdserver: leader changed'),
      ['ApiServerError/EtcdLeaderChanged', PRE, false],
    ],
    [
      'a timeout of the API server',
      refusal(504, 'Timeout', 'Timeout: request did not complete within requested timeout - context deadline exceeded'),
      ['ApiServerError/RequestTimeout', PRE, false],
    ],
    [
      'a timeout of the quota',
      refusal(500, 'InternalError', 'Internal error occurred: resource quota evaluation timed out'),
      ['ApiServerError/QuotaEvaluationTimeout', PRE, true],
    ],
    [
      'an old timeout of the quota',
      refusal(500, 'InternalError', 'Internal error occurred: resource quota evaluates timeout'),
      ['ApiServerError/QuotaEvaluationTimeout', PRE, true],
    ],
    [
      'flow control',
      refusal(429, 'TooManyRequests', 'too many requests, please try again later'),
      ['ApiServerError/ServerUnavailable', PRE, true],
    ],
    [
      'an unavailable API',
      refusal(503, 'ServiceUnavailable', 'the server is currently unable to handle the request'),
      ['ApiServerError/ServerUnavailable', PRE, true],
    ],
  ];
  for (const [title, parts, expected] of cases) check(title, parts, expected);
});

describe('refusals of the kubelet', () => {
  const cases: readonly [string, string, string, Expected][] = [
    [
      'too little cpu',
      'OutOfcpu',
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 7500, capacity: 8000",
      ['AdmissionRejected/KubeletOutOfResource', PRE, true],
    ],
    [
      'too many pods',
      'OutOfpods',
      "Pod Node didn't have enough resource: pods, requested: 1, used: 110, capacity: 110",
      ['AdmissionRejected/KubeletOutOfResource', PRE, true],
    ],
    [
      'no device left',
      'UnexpectedAdmissionError',
      'Allocate failed due to requested number of devices unavailable for nvidia.com/gpu. Requested: 1, Available: 0, which is unexpected',
      ['AdmissionRejected/DeviceAllocateFailed', PRE, true],
    ],
    [
      'unhealthy devices',
      'UnexpectedAdmissionError',
      'Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu, which is unexpected',
      ['AdmissionRejected/DeviceAllocateFailed', PRE, true],
    ],
    [
      "a plug-in's bug",
      'UnexpectedAdmissionError',
      'Allocate failed due to no containers return in allocation response &AllocateResponse{ContainerResponses:[]*ContainerAllocateResponse{},}, which is unexpected',
      ['AdmissionRejected/DeviceAllocateFailed', PRE, false],
    ],
    [
      'topology',
      'TopologyAffinityError',
      'Resources cannot be allocated with Topology locality',
      ['AdmissionRejected/TopologyAffinity', PRE, true],
    ],
    [
      'changed labels',
      'NodeAffinity',
      "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
      ['AdmissionRejected/NodeAffinityRejected', PRE, true],
    ],
    [
      'a shutdown',
      'NodeShutdown',
      'Pod was rejected as the node is shutting down.',
      ['AdmissionRejected/NodeShutdown', PRE, true],
    ],
    ['pressure', 'Evicted', 'The node had condition: [DiskPressure]. ', ['Evicted/DiskPressureAdmission', PRE, true]],
  ];
  for (const [title, reason, message, expected] of cases) check(title, { pod: pod({ reason, message }) }, expected);
});

describe('images', () => {
  const image = 'registry.example.com/team/app:1.2';
  const pulls: readonly [string, string, string, boolean][] = [
    [
      'a registry that is not found',
      `failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to do request: Head "https://registry.example.com/v2/team/app/manifests/1.2": dial tcp: lookup registry.example.com on 10.96.0.10:53: no such host`,
      'RegistryUnreachable',
      true,
    ],
    [
      'a registry that times out',
      `rpc error: code = Unknown desc = Error response from daemon: Get "https://registry.example.com/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
      'RegistryUnreachable',
      true,
    ],
    [
      'a registry with a 503',
      `rpc error: code = Unknown desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": unexpected status from HEAD request to https://registry.example.com/v2/team/app/manifests/1.2: 503 Service Unavailable`,
      'RegistryUnreachable',
      true,
    ],
    [
      'a refused token',
      `failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://auth.example.com/token?scope=x: 401 Unauthorized`,
      'Unauthorized',
      false,
    ],
    [
      'a 403',
      `failed to pull and unpack image "${image}": failed to resolve reference "${image}": unexpected status from HEAD request to https://registry.example.com/v2/team/app/manifests/1.2: 403 Forbidden`,
      'Unauthorized',
      false,
    ],
    [
      'missing basic auth',
      `rpc error: code = Unknown desc = Error response from daemon: Get https://registry.example.com/v2/team/app/manifests/1.2: no basic auth credentials`,
      'Unauthorized',
      false,
    ],
    [
      "CRI-O's unknown manifest",
      'rpc error: code = Unknown desc = reading manifest 1.2 in registry.example.com/team/app: manifest unknown',
      'ManifestUnknown',
      false,
    ],
    [
      "CRI-O's refusal",
      'rpc error: code = Unknown desc = initializing source docker://registry.example.com/team/app:1.2: reading manifest 1.2 in registry.example.com/team/app: unauthorized: access to the requested resource is not authorized',
      'Unauthorized',
      false,
    ],
    [
      'an expired certificate',
      `failed to pull and unpack image "${image}": failed to do request: Head "https://registry.example.com/v2/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid`,
      'TLSVerification',
      false,
    ],
    [
      'plain HTTP',
      `failed to do request: Head "https://registry.example.com/v2/team/app/manifests/1.2": http: server gave HTTP response to HTTPS client`,
      'InsecureRegistry',
      false,
    ],
    [
      'another architecture',
      'rpc error: code = Unknown desc = choosing image instance: no image found in image index for architecture "arm64", variant "v8", OS "linux"',
      'PlatformMismatch',
      false,
    ],
    [
      'a full disk',
      `failed to pull and unpack image "${image}": failed to extract layer sha256:ab: write /var/lib/containerd/x: no space left on device: unknown`,
      'NoSpaceOnNode',
      true,
    ],
    [
      'a cancelled pull',
      `rpc error: code = Canceled desc = failed to pull and unpack image "${image}": context canceled`,
      'PullCanceled',
      true,
    ],
    [
      'a slow pull',
      `rpc error: code = DeadlineExceeded desc = failed to pull and unpack image "${image}": context deadline exceeded`,
      'PullTimeout',
      true,
    ],
    ["the kubelet's own limit", 'pull QPS exceeded', 'RateLimited', true],
  ];
  for (const [title, message, subreason, retryable] of pulls) {
    check(title, { pod: pod({ phase: 'Pending', main: waiting('ErrImagePull', message) }) }, [
      `ImagePull/${subreason}`,
      PRE,
      retryable,
    ]);
    check(
      `${title}, told by the event only,`,
      {
        pod: pod({ phase: 'Pending', main: waiting('ImagePullBackOff', `Back-off pulling image "${image}"`) }),
        events: [
          event('Failed', `Failed to pull image "${image}": ${message}`, { container: 'main' }),
          event('Failed', 'Error: ErrImagePull', { container: 'main', seconds: 31 }),
        ],
      },
      [`ImagePull/${subreason}`, PRE, retryable],
    );
  }
  check(
    'an invalid name',
    {
      pod: pod({
        phase: 'Pending',
        main: waiting(
          'InvalidImageName',
          'Failed to apply default image tag "App:1": couldn\'t parse image name "App:1": invalid reference format: repository name must be lowercase',
        ),
      }),
    },
    ['ImagePull/InvalidImageName', PRE, false],
  );
  check(
    'policy Never',
    {
      pod: pod({
        phase: 'Pending',
        main: waiting('ErrImageNeverPull', 'Container image "x" is not present with pull policy of Never'),
      }),
    },
    ['ImagePull/NeverPullAbsent', PRE, false],
  );
  check(
    'a missing pull secret',
    {
      pod: pod({
        phase: 'Pending',
        main: waiting('ErrImagePull', 'failed to authorize: failed to fetch anonymous token: 401 Unauthorized'),
      }),
      events: [
        event(
          'FailedToRetrieveImagePullSecret',
          'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
        ),
      ],
    },
    ['ImagePull/PullSecretMissing', PRE, false],
  );
});

describe('volumes', () => {
  const cases: readonly [string, string, string, Expected][] = [
    [
      'a missing Secret',
      'FailedMount',
      'MountVolume.SetUp failed for volume "cert" : secret "tls" not found',
      ['ConfigurationError/SecretNotFound', PRE, false],
    ],
    [
      'a missing key',
      'FailedMount',
      'MountVolume.SetUp failed for volume "cfg" : references non-existent config key: app.yaml',
      ['ConfigurationError/ConfigMapKeyNotFound', PRE, false],
    ],
    [
      'a missing SecretProviderClass',
      'FailedMount',
      'MountVolume.SetUp failed for volume "s" : rpc error: code = Unknown desc = failed to get secretproviderclass default/kv, error: SecretProviderClass.secrets-store.csi.x-k8s.io "kv" not found',
      ['ConfigurationError/SecretProviderClassNotFound', PRE, false],
    ],
    [
      'a slow cache',
      'FailedMount',
      'MountVolume.SetUp failed for volume "cfg" : failed to sync configmap cache: timed out waiting for the condition',
      ['VolumeMount/CacheSyncTimeout', PRE, true],
    ],
    [
      'a wrong hostPath',
      'FailedMount',
      'MountVolume.SetUp failed for volume "h" : hostPath type check failed: /data is not a directory',
      ['VolumeMount/HostPathType', PRE, false],
    ],
    [
      'Multi-Attach',
      'FailedAttachVolume',
      'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node and can\'t be attached to another',
      ['VolumeMount/MultiAttach', PRE, true],
    ],
    [
      'a slow attach',
      'FailedAttachVolume',
      'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = DeadlineExceeded desc = context deadline exceeded',
      ['VolumeMount/AttachFailed', PRE, true],
    ],
    [
      'a refused export',
      'FailedMount',
      'MountVolume.SetUp failed for volume "nfs" : mount failed: exit status 32\nMounting command: mount\nOutput: mount.nfs: access denied by server while mounting nfs.example.com:/x',
      ['VolumeMount/MountFailed', PRE, false],
    ],
    [
      'only the generic timeout',
      'FailedMount',
      'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data]: timed out waiting for the condition',
      ['VolumeMount/MountTimeout', PRE, true],
    ],
  ];
  for (const [title, reason, message, expected] of cases) {
    check(
      title,
      { pod: pod({ phase: 'Pending', main: waiting('ContainerCreating') }), events: [event(reason, message)] },
      expected,
    );
  }
  check(
    'a subPath that cannot be prepared',
    {
      pod: pod({
        phase: 'Pending',
        main: waiting(
          'CreateContainerConfigError',
          'failed to prepare subPath for volumeMount "data" of container "main"',
        ),
      }),
    },
    ['VolumeMount/SubPath', PRE, false],
  );
});

describe('sandboxes', () => {
  const cases: readonly [string, string, Expected][] = [
    [
      'no addresses',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "ab": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
      ['SandboxFailed/IPAllocation', PRE, true],
    ],
    [
      'an exhausted range',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to set up sandbox container "ab" network for pod "x": networkPlugin cni failed to set up pod "x_default" network: failed to allocate for range 0: no IP addresses available in range set: 10.244.0.1-10.244.0.254',
      ['SandboxFailed/IPAllocation', PRE, true],
    ],
    [
      'a missing CNI daemon',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "ab": plugin type="cilium-cni" failed (add): unable to connect to Cilium agent: Get "http://localhost/v1/config": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory',
      ['SandboxFailed/CNIPlugin', PRE, true],
    ],
    [
      'a missing handler',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "kata" is configured',
      ['SandboxFailed/RuntimeHandlerMissing', PRE, false],
    ],
    [
      'a Windows mismatch',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to start sandbox container for pod "x": Error response from daemon: CreateComputeSystem ab: The container operating system does not match the host operating system.',
      ['SandboxFailed/SandboxOSMismatch', PRE, false],
    ],
    [
      'a virtual machine',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: failed to create shim task: failed to launch qemu: exit status 1, error messages from qemu log: qemu-system-x86_64: Could not access KVM kernel module: No such file or directory',
      ['SandboxFailed/SandboxVM', PRE, false],
    ],
    [
      'a broken pause image',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image: dial tcp: i/o timeout',
      ['SandboxFailed/SandboxStart', PRE, true],
    ],
  ];
  for (const [title, message, expected] of cases) {
    check(
      title,
      {
        pod: pod({ phase: 'Pending', main: waiting('ContainerCreating') }),
        events: [event('FailedCreatePodSandBox', message)],
      },
      expected,
    );
  }
  check(
    'an unready network',
    {
      pod: pod({ phase: 'Pending', main: waiting('ContainerCreating') }),
      events: [
        event(
          'NetworkNotReady',
          'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
        ),
      ],
    },
    ['SandboxFailed/CNIPlugin', PRE, true],
  );
});

describe('scheduling', () => {
  const cases: readonly [string, string, Expected][] = [
    [
      'memory',
      '0/5 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}, 3 Insufficient memory. preemption: 0/5 nodes are available: 5 No preemption victims found for incoming pod.',
      ['Unschedulable/InsufficientMemory', PRE, true],
    ],
    [
      'a device',
      '0/5 nodes are available: 5 Insufficient nvidia.com/gpu.',
      ['Unschedulable/InsufficientGPU', PRE, true],
    ],
    [
      'disk pressure',
      '0/3 nodes are available: 3 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.',
      ['Unschedulable/TaintDiskPressure', PRE, true],
    ],
    [
      'unreachable nodes of old',
      "0/3 nodes are available: 3 node(s) had taint {node.kubernetes.io/unreachable: }, that the pod didn't tolerate.",
      ['Unschedulable/TaintUnreachable', PRE, true],
    ],
    [
      'a custom taint',
      '0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: batch}.',
      ['Unschedulable/TaintNotTolerated', PRE, false],
    ],
    ['a missing claim', 'persistentvolumeclaim "data" not found', ['Unschedulable/UnboundPVC', PRE, false]],
    [
      'a missing volume',
      '0/3 nodes are available: 3 persistentvolume "pv-7" not found.',
      ['Unschedulable/PersistentVolumeMissing', PRE, false],
    ],
    [
      'no volume to bind',
      "0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind.",
      ['Unschedulable/UnboundPVC', PRE, false],
    ],
    [
      'a gang',
      '3/4 tasks in gang unschedulable: pod group is not ready, 4 minAvailable, 1 Pending; Pending: 1 Unschedulable',
      ['Unschedulable/GangScheduling', PRE, true],
    ],
    [
      'anti-affinity',
      "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.",
      ['Unschedulable/NodeAffinityMismatch', PRE, false],
    ],
  ];
  for (const [title, message, expected] of cases) {
    check(
      title,
      {
        pod: pod({
          phase: 'Pending',
          spec: { nodeName: '' },
          conditions: [condition('PodScheduled', 'False', 'Unschedulable', message)],
        }),
      },
      expected,
    );
  }
  check(
    'a gate',
    {
      pod: pod({
        phase: 'Pending',
        spec: { nodeName: '' },
        conditions: [
          condition(
            'PodScheduled',
            'False',
            'SchedulingGated',
            'Scheduling is blocked due to non-empty scheduling gates',
          ),
        ],
      }),
    },
    ['Unschedulable/SchedulingGated', PRE, false],
  );
});

describe('starting a process', () => {
  const cases: readonly [string, string, Expected][] = [
    [
      'a missing program',
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "run": executable file not found in $PATH: unknown',
      ['ContainerCannotRun/ExecutableNotFound', PRE, false],
    ],
    [
      'a missing script',
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/run.sh": stat /run.sh: no such file or directory: unknown',
      ['ContainerCannotRun/ExecutableNotFound', PRE, false],
    ],
    [
      'a wrong format',
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec /app: exec format error: unknown',
      ['ContainerCannotRun/ExecFormatError', PRE, false],
    ],
    [
      'a hook',
      "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: error running hook: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy' nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown",
      ['ContainerCannotRun/GPURuntimeHook', PRE, false],
    ],
    [
      'a tiny limit',
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown',
      ['ContainerCannotRun/MemoryLimitTooLow', PRE, false],
    ],
    [
      'a bad mount',
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/x" to rootfs at "/etc/app": not a directory: unknown',
      ['ContainerCannotRun/RuntimeInitError', PRE, false],
    ],
  ];
  for (const [title, message, expected] of cases) check(title, { pod: pod({ main: startError(message) }) }, expected);
  check(
    'a slow runtime',
    {
      pod: pod({
        phase: 'Pending',
        main: waiting(
          'CreateContainerError',
          'failed to reserve container name "main_x_0": name "main_x_0" is reserved for "ab"',
        ),
      }),
    },
    ['ContainerCannotRun/CreateTimeout', PRE, true],
  );
  check(
    "a line of runc's own init",
    {
      pod: pod({
        main: ended(1, { message: 'standard_init_linux.go:228: exec user process caused: exec format error\n' }),
      }),
    },
    ['ContainerCannotRun/ExecFormatError', PRE, false],
  );
  check(
    'a shell that does not find a command',
    { pod: pod({ main: ended(127, { message: 'sh: 1: runme: not found' }) }) },
    ['TaskFailed/CommandNotFound', RUN, false],
  );
});

describe('ends of programs', () => {
  check('an exit code', { pod: pod({ main: ended(3) }) }, ['TaskFailed/ExitNonZero', RUN, false]);
  check('a crash', { pod: pod({ main: ended(139) }) }, ['TaskFailed/Signal', RUN, false]);
  check(
    "the heap's end",
    {
      pod: pod({
        main: ended(1, { message: 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space' }),
      }),
    },
    ['TaskFailed/AppOutOfMemory', RUN, false],
  );
  check(
    "the device's end",
    {
      pod: pod({
        main: ended(1, { message: 'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB' }),
      }),
    },
    ['TaskFailed/GPUOutOfMemory', RUN, false],
  );
  check('a kill that nothing explains', { pod: pod({ main: ended(137) }) }, ['Unknown/SigkillUnexplained', RUN, false]);
  check(
    'a request to end that nothing explains',
    {
      pod: pod({ main: ended(143) }),
      events: [event('Killing', 'Stopping container main', { container: 'main', type: 'Normal' })],
    },
    ['Unknown/SigtermUnexplained', RUN, false],
  );
  check('a kill for memory', { pod: pod({ main: ended(137, { reason: 'OOMKilled' }) }) }, [
    'OOMKilled/CgroupOOM',
    RUN,
    false,
  ]);
  check(
    'a kill by a node without memory',
    {
      pod: pod({
        main: ended(137),
        spec: { containers: [{ name: 'main', image: 'x', command: ['python', 'run.py'] }] },
      }),
      events: [event('SystemOOM', 'System OOM encountered, victim process: python, pid: 4711', { on: 'Node' })],
    },
    ['OOMKilled/SystemOOM', RUN, false],
  );
  check(
    "the API server's sentence in a log",
    {
      pod: pod({
        main: ended(1, {
          message:
            'Error from server (Forbidden): deployments.apps "web" is forbidden: User "system:serviceaccount:team:runner" cannot patch resource "deployments" in API group "apps" in the namespace "team"',
        }),
      }),
    },
    ['Forbidden/RBACDenied', RUN, false],
  );
  check(
    'a failed liveness probe',
    {
      pod: pod({
        phase: 'Running',
        spec: { restartPolicy: 'Always' },
        main: waiting('CrashLoopBackOff'),
        last: ended(143),
      }),
      events: [
        event('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500', {
          container: 'main',
          seconds: 55,
        }),
        event('Killing', 'Container main failed liveness probe, will be restarted', {
          container: 'main',
          seconds: 56,
          type: 'Normal',
        }),
      ],
    },
    ['ProbeFailed/LivenessKilled', RUN, false],
  );
  check(
    'a liveness probe that errs',
    {
      pod: pod({ phase: 'Running', main: running() }),
      events: [
        event(
          'Unhealthy',
          'Liveness probe errored: rpc error: code = DeadlineExceeded desc = context deadline exceeded',
          { container: 'main' },
        ),
      ],
    },
    ['ProbeFailed/LivenessErrored', RUN, false],
  );
});

describe('what takes a pod away', () => {
  const stopped = ended(143, { finished: 60 });
  const target = (reason: string, message: string): JsonObject =>
    condition('DisruptionTarget', 'True', reason, message, 55);
  const cases: readonly [string, JsonObject, Expected][] = [
    [
      'the Eviction API',
      { pod: pod({ main: stopped, conditions: [target('EvictionByEvictionAPI', 'Eviction API: evicting')] }) },
      ['Evicted/EvictionAPI', INFRA, true],
    ],
    [
      'the scheduler',
      {
        pod: pod({
          main: stopped,
          conditions: [
            target('PreemptionByScheduler', 'default-scheduler: preempting to accommodate a higher priority pod'),
          ],
        }),
      },
      ['Preempted/SchedulerPreemption', INFRA, true],
    ],
    [
      'a queue',
      {
        pod: pod({
          main: stopped,
          conditions: [
            condition(
              'TerminationTarget',
              'True',
              'WorkloadEvictedDueToPreempted',
              'Preempted to accommodate a higher priority Workload',
            ),
          ],
        }),
      },
      ['Preempted/QueuePreemption', INFRA, true],
    ],
    [
      'too many processes',
      {
        pod: pod({
          main: stopped,
          reason: 'Evicted',
          message: 'The node was low on resource: pids. Threshold quantity: 100, available: 10. ',
        }),
      },
      ['Evicted/PIDPressure', INFRA, true],
    ],
    [
      'its own emptyDir limit',
      {
        pod: pod({
          main: ended(137),
          reason: 'Evicted',
          message: 'Usage of EmptyDir volume "scratch" exceeds the limit "1Gi". ',
        }),
      },
      ['Evicted/EmptyDirLimit', RUN, false],
    ],
    [
      'its own storage limit',
      {
        pod: pod({
          main: ended(137),
          reason: 'Evicted',
          message: 'Container main exceeded its local ephemeral storage limit "1Gi". ',
        }),
      },
      ['Evicted/EphemeralStorageLimit', RUN, false],
    ],
    [
      'an unreachable node',
      {
        pod: pod({
          main: running(),
          phase: 'Running',
          conditions: [target('DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint')],
        }),
        node: {
          metadata: { name: 'node-1' },
          spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] },
          status: { conditions: [condition('Ready', 'Unknown', 'NodeStatusUnknown')] },
        },
      },
      ['NodeLost/NodeUnreachable', INFRA, false],
    ],
    [
      'a reboot',
      {
        pod: pod({ main: ended(255, { reason: 'Unknown' }) }),
        events: [event('Rebooted', 'Node node-1 has been rebooted, boot id: ab', { on: 'Node', seconds: 70 })],
      },
      ['NodeLost/NodeRebooted', INFRA, true],
    ],
    [
      'an old shutdown',
      { pod: pod({ main: stopped, reason: 'Shutdown', message: 'Node is shutting, evicting pods' }) },
      ['NodeLost/GracefulNodeShutdown', INFRA, true],
    ],
    [
      'somebody',
      {
        pod: pod({
          main: stopped,
          metadata: { deletionTimestamp: '2026-03-14T03:01:10Z', deletionGracePeriodSeconds: 30 },
        }),
      },
      ['Cancelled/PodDeleted', RUN, false],
    ],
    [
      'its own deadline',
      {
        pod: pod({
          main: ended(0),
          reason: 'DeadlineExceeded',
          message: 'Pod was active on the node longer than the specified deadline',
        }),
      },
      ['DeadlineExceeded/PodActiveDeadline', RUN, false],
    ],
  ];
  for (const [title, parts, expected] of cases) check(title, parts, expected);
});

describe('what only a Job or a Tekton run still tells', () => {
  const failed = (reason: string, message: string): JsonObject =>
    job({
      conditions: [condition('FailureTarget', 'True', reason, message), condition('Failed', 'True', reason, message)],
      status: { failed: 1 },
    });
  check('pods that are gone', { job: failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit') }, [
    'Unknown/PodsGone',
    RUN,
    false,
  ]);
  check(
    'a pod failure policy',
    {
      job: failed(
        'PodFailurePolicy',
        'Container main for pod default/step-x failed with exit code 42 matching FailJob rule at index 0',
      ),
    },
    ['TaskFailed/PodFailurePolicy', RUN, false],
  );
  check(
    'a refused pod of a Job that lives',
    {
      job: job({}),
      events: [
        event(
          'FailedCreate',
          'Error creating: pods "step-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
          { on: 'Job' },
        ),
      ],
    },
    ['AdmissionRejected/PodSecurity', PRE, false],
  );

  const taskRun = (reason: string, message: string, status: JsonObject = {}): JsonObject => ({
    taskRuns: [
      {
        kind: 'TaskRun',
        metadata: { name: 'build', namespace: 'default' },
        spec: {},
        status: { conditions: [condition('Succeeded', 'False', reason, message)], ...status },
      },
    ],
  });
  check(
    'a step',
    taskRun('Failed', '"step-test" exited with code 2 (image: "x"); for logs run: kubectl logs', {
      podName: 'build-pod',
    }),
    ['TaskFailed/StepFailed', RUN, false],
  );
  check(
    'a step out of time',
    taskRun('Failed', '"step-test" exited because the step exceeded the specified timeout limit', {
      podName: 'build-pod',
      steps: [
        {
          name: 'test',
          container: 'step-test',
          terminationReason: 'TimeoutExceeded',
          terminated: {
            exitCode: 1,
            reason: 'Error',
            startedAt: '2026-03-14T03:00:05Z',
            finishedAt: '2026-03-14T03:01:05Z',
          },
        },
      ],
    }),
    ['DeadlineExceeded/StepTimeout', RUN, false],
  );
  check(
    'a pull',
    taskRun(
      'TaskRunImagePullFailed',
      'The step "test" in TaskRun "build" failed to pull the image "x". The pod errored with the message: "Back-off pulling image "x": ErrImagePull: manifest unknown"',
    ),
    ['ImagePull/ManifestUnknown', PRE, false],
  );
  check(
    'missing parameters',
    taskRun(
      'TaskRunValidationFailed',
      'invalid input params for task build: missing values for these params which have no default values: [url]',
    ),
    ['ConfigurationError/ParameterMissing', PRE, false],
  );
  check(
    'a resolver that is slow',
    taskRun('TaskRunResolutionFailed', 'resolution took longer than global timeout of 1m0s'),
    ['ConfigurationError/TaskResolutionFailed', PRE, true],
  );
  check(
    'etcd behind Tekton',
    {
      pipelineRun: {
        kind: 'PipelineRun',
        metadata: { name: 'ci', namespace: 'default' },
        spec: {},
        status: {
          conditions: [
            condition(
              'Succeeded',
              'False',
              'CouldntGetTask',
              "Pipeline default/ci can't be Run; it contains Tasks that don't exist: Couldn't retrieve Task \"build\": etcdserver: leader changed",
            ),
          ],
        },
      },
    },
    ['ApiServerError/EtcdLeaderChanged', PRE, true],
  );
  check(
    'a result that nobody wrote',
    {
      pipelineRun: {
        kind: 'PipelineRun',
        metadata: { name: 'ci', namespace: 'default' },
        spec: {},
        status: {
          conditions: [
            condition(
              'Succeeded',
              'False',
              'InvalidTaskResultReference',
              'Invalid task result reference: Could not find result with name commit for task clone',
            ),
          ],
        },
      },
    },
    ['ConfigurationError/ResultNotEmitted', RUN, false],
  );
});
