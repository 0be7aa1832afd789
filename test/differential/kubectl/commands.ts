import { NAMESPACE } from './manifests.js';

/** A command line of the script: arguments of kubectl, as a shell would split them. */
export interface Command {
  readonly line: string;
  /** What is compared: all that it prints, or only lines that match. */
  readonly only?: RegExp;
  /** Taken out of what is compared. */
  readonly without?: RegExp;
  readonly env?: Readonly<Record<string, string>>;
}

const all = (lines: readonly string[]): readonly Command[] => lines.map((line) => ({ line }));

/** Of built-in kinds this server has neither words nor what is required, and has scalars that Go writes by itself as objects. */
const WORDS = / -required-|<\S*(?:Quantity|IntOrString|FieldsV1|Object)>/g;

const CREATE = all([
  `create namespace ${NAMESPACE}`,
  `create namespace ${NAMESPACE}`,
  'create configmap literal --from-literal=a=1 --from-literal=b=2',
  'create configmap literal --from-literal=a=1',
  'create configmap dry --from-literal=a=1 --dry-run=server',
  'create secret generic password --from-literal=p=x',
  'create serviceaccount robot',
  'create role reader --verb=get,list --resource=pods,jobs.batch',
  'create rolebinding readers --role=reader --user=ann --serviceaccount=default:robot',
  'create quota few --hard=count/foos=9',
  'create job spelled --image=busybox:1.36 --dry-run=server -o name -- true',
  'create -f two.yaml',
  'create -f two.yaml',
  'create -f pod.yaml',
  'create -f event.yaml',
  'create -f not-yaml.yaml',
  'create -f no-kind.yaml',
  'create -f missing.yaml',
  'create -f run.yaml',
  'create -f list.yaml',
]);

const APPLY: readonly Command[] = [
  ...all([
    'apply -f map.yaml --dry-run=server',
    'apply -f map.yaml --dry-run=client',
    'apply -f map.yaml',
    'apply -f map.yaml',
    'apply -f job.yaml',
    'apply -f job.yaml',
    'apply -f run-wrong.yaml',
    'apply -f run-no-steps.yaml',
    'apply -f run-no-steps.yaml --dry-run=server',
    'apply -f run-changed.yaml',
    'diff -f map.yaml',
  ]),
  { line: 'diff -f map-blue.yaml', only: /^[-+] /m },
  ...all([
    'apply -f map-blue.yaml',
    'get cm paint -o jsonpath={.data.colour}',
    'replace -f map.yaml',
    'get cm paint -o jsonpath={.data.colour}',
    'replace -f owned.yaml',
    'apply view-last-applied cm paint',
  ]),
];

const GET = all([
  'get cm -l suite=matrix',
  'get cm -l suite=matrix --no-headers',
  'get cm -l suite=matrix -o wide --show-labels',
  'get cm -l suite=matrix -L rank',
  'get cm -l suite=matrix -o name',
  'get cm -l suite=matrix --sort-by=.data.a',
  'get cm -l suite=matrix -o custom-columns=N:.metadata.name,A:.data.a',
  'get cm -l suite=matrix -o jsonpath={.items[*].metadata.name}',
  'get cm -l suite=matrix --chunk-size=1 -o name',
  'get cm -l rank -o json',
  'get cm -l rank in (1),suite -o name',
  'get cm --field-selector metadata.name=second -o yaml',
  'get cm first second -o go-template={{range.items}}{{.metadata.name}};{{end}}',
  'get cm nobody',
  'get cm nobody --ignore-not-found',
  'get nothings',
  'get cm,secret -l suite=matrix',
  'get secret password -o yaml',
  'get sa robot -o json',
  'get role,rolebinding',
  'get role reader -o yaml',
  'get quota few -o jsonpath={.spec.hard}',
  'get pods',
  'get pods -o wide',
  'get pod alone -o yaml',
  'get pods --field-selector status.phase=Pending -o name',
  'get jobs',
  'get jobs -o wide',
  'get job once -o jsonpath={.spec.suspend}',
  'get all -l suite=matrix',
  'get wfx',
  'get wfx -o wide',
  'get wfx walk -o yaml',
  'get sqj -o wide',
  'get sqj list -o yaml',
  'get lockstep',
  'get events --field-selector reason=Seen',
  'events --for pod/alone',
  'get crd workflowexecutions.lockstep.dev -o jsonpath={.spec.names.kind}',
  `get ns ${NAMESPACE}`,
  'get wfa',
]);

const DESCRIBE = all([
  'describe cm paint',
  'describe secret password',
  'describe sa robot',
  'describe role reader',
  'describe rolebinding readers',
  'describe quota few',
  'describe pod alone',
  'describe job once',
  'describe wfx walk',
  'describe sqj list',
  'describe cm nobody',
  `describe ns ${NAMESPACE}`,
]);

const CHANGE: readonly Command[] = [
  ...all([
    `patch cm second -p {"data":{"c":"3"}}`,
    `patch cm second --type=merge -p {"data":{"c":null}}`,
    `patch cm second --type=merge -p {"data":{"c":null}}`,
    `patch cm second --type=json -p [{"op":"replace","path":"/data/a","value":"9"}]`,
    `patch cm second --type=json -p [{"op":"test","path":"/data/a","value":"8"}]`,
    `patch wfx walk --type=merge -p {"spec":{"steps":[]}}`,
    `patch wfx walk --subresource=status --type=merge -p {"status":{"phase":"Succeeded","conditions":[{"type":"Finished","status":"True","reason":"Succeeded","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}`,
    'get wfx walk --subresource=status -o jsonpath={.status.phase}',
    'label cm second rank=3',
    'label cm second rank=3 --overwrite',
    'label cm second rank-',
    'label cm second a/b/c=d',
    'label cm --all seen=yes -l suite=matrix',
    'annotate cm second by=hand',
    'annotate cm second by=foot',
    'annotate cm second by-',
    'set image pod/alone main=busybox:9',
    'edit cm second',
  ]),
  { line: 'edit cm second', env: { KUBE_EDITOR: 'sed -i s/seen:/looked:/' } },
  ...all([
    'get cm second -o jsonpath={.metadata.labels}',
    'scale wfx walk --replicas=2',
    'scale job once --replicas=2',
    'rollout status wfx/walk',
    'autoscale wfx walk --max=2',
  ]),
];

const WAIT = all([
  'wait --for=condition=Finished wfx/walk --timeout=9s',
  'wait --for=condition=Finished=false wfx/walk --timeout=1s',
  'wait --for=jsonpath={.status.phase}=Succeeded wfx/walk --timeout=9s',
  'wait --for=jsonpath={.status.phase} wfx/walk --timeout=9s',
  'wait --for=condition=Complete job/once --timeout=1s',
  'wait --for=create cm/second --timeout=9s',
  'wait --for=condition=Ready pod --all --timeout=1s',
  'wait --for=delete cm/nobody --timeout=1s',
  'wait --for=delete cm/second --timeout=1s',
  'wait --for=condition=Finished wfx/nobody --timeout=1s',
]);

const ABOUT: readonly Command[] = [
  ...all([
    'explain wfx.spec',
    'explain wfx.spec --recursive',
    'explain wfx.status --recursive',
    'explain wfx.spec.steps.pod',
    'explain wfx.spec.nothing',
    'explain sqj.spec.containers',
    'explain wfa.spec --recursive',
    'explain nothings',
  ]),
  { line: 'explain wfx', only: /\t</ },
  { line: 'explain pods', only: /\t</ },
  { line: 'explain pods --recursive', only: /\t</, without: WORDS },
  { line: 'explain job.spec.podFailurePolicy.rules', only: /\t</, without: WORDS },
  { line: 'api-resources --api-group=lockstep.dev --no-headers' },
  { line: 'api-resources --api-group=batch.lockstep.dev -o wide' },
  { line: 'api-resources --api-group=batch -o name', only: /^jobs/ },
  { line: 'api-versions', only: /^(?:batch\.)?lockstep|^v1$|^batch|coordination/ },
  { line: 'top pods' },
  { line: 'top nodes' },
];

const DELETE = all([
  'delete cm literal --dry-run=server',
  'delete cm literal --dry-run=client',
  'delete cm literal',
  'delete cm literal',
  'delete cm literal --ignore-not-found',
  'delete cm first --cascade=orphan',
  'delete cm second --cascade=foreground',
  'delete -f map.yaml --cascade=background',
  'delete job once --cascade=foreground --timeout=60s',
  'delete pod alone --grace-period=0 --force',
  'delete wfx,sqj -l suite=matrix',
  'delete secret,sa,role,rolebinding,quota password robot reader readers few --ignore-not-found',
  'delete cm -l suite=matrix',
  'delete wfx --all',
  'delete nothings x',
  `delete ns ${NAMESPACE} --timeout=120s`,
]);

/** What people type, from the first object to the last. */
export const COMMANDS: readonly Command[] = [
  ...CREATE,
  ...APPLY,
  ...GET,
  ...DESCRIBE,
  ...CHANGE,
  ...WAIT,
  ...ABOUT,
  ...DELETE,
];
