/** The namespace in which kubectl works; what has none in its manifest is there. */
export const NAMESPACE = 'kubectl-matrix';

const POD = `
    spec:
      schedulerName: nobody
      automountServiceAccountToken: false
      restartPolicy: Never
      containers: [{ name: main, image: 'busybox:1.36', command: ['true'], env: [{ name: A, value: '1' }] }]`;

/** Files of the script by their names. */
export const FILES: Readonly<Record<string, string>> = {
  'map.yaml': `{ apiVersion: v1, kind: ConfigMap, metadata: { name: paint, labels: { suite: matrix } }, data: { colour: red } }\n`,
  'map-blue.yaml': `{ apiVersion: v1, kind: ConfigMap, metadata: { name: paint, labels: { suite: matrix } }, data: { colour: blue } }\n`,
  'two.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: first, labels: { suite: matrix, rank: '1' } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: second, labels: { suite: matrix, rank: '2' } }
data: { a: '1', b: '2' }
`,
  'owned.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: owned }
`,
  'job.yaml': `apiVersion: batch/v1
kind: Job
metadata: { name: once, labels: { suite: matrix } }
spec:
  suspend: true
  template:${POD}
`,
  'pod.yaml': `apiVersion: v1
kind: Pod
metadata: { name: alone, labels: { suite: matrix } }
spec:
  schedulerName: nobody
  automountServiceAccountToken: false
  enableServiceLinks: false
  containers:
    - { name: main, image: 'busybox:1.36', command: [sh, -c, 'sleep 9'], resources: { limits: { cpu: 1500m, memory: 64Mi } } }
`,
  'run.yaml': `apiVersion: lockstep.dev/v1alpha1
kind: WorkflowExecution
metadata: { name: walk, labels: { suite: matrix } }
spec:
  steps: [{ name: a, delay: 1s }, { name: b, delay: 2s }]
`,
  'run-wrong.yaml': `apiVersion: lockstep.dev/v1alpha1
kind: WorkflowExecution
metadata: { name: wrong }
spec:
  steps: [{ name: a, delay: 1s, dely: 2s }]
`,
  'run-no-steps.yaml': `apiVersion: lockstep.dev/v1alpha1
kind: WorkflowExecution
metadata: { name: wrong }
spec:
  steps: []
`,
  'run-changed.yaml': `apiVersion: lockstep.dev/v1alpha1
kind: WorkflowExecution
metadata: { name: walk, labels: { suite: matrix } }
spec:
  steps: [{ name: a, delay: 9s }, { name: b, delay: 2s }]
`,
  'list.yaml': `apiVersion: batch.lockstep.dev/v1alpha1
kind: SequentialJob
metadata: { name: list, labels: { suite: matrix } }
spec:
  containers: [{ name: one, image: 'busybox:1.36', command: ['true'] }]
`,
  'event.yaml': `apiVersion: v1
kind: Event
metadata: { name: seen, namespace: ${NAMESPACE} }
involvedObject: { apiVersion: v1, kind: Pod, name: alone, namespace: ${NAMESPACE} }
reason: Seen
message: somebody looked
type: Warning
count: 3
firstTimestamp: '2020-01-01T00:00:00Z'
lastTimestamp: '2020-01-01T00:00:00Z'
source: { component: tester }
`,
  'not-yaml.yaml': 'a: [\n',
  'no-kind.yaml': 'metadata: { name: x }\n',
};
