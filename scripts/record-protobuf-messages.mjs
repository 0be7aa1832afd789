// Writes src/cluster/apiserver/protobuf/message-shapes.json from the Go sources of Kubernetes: which number a field has in
// protobuf stands in the tags of the structs and nowhere else. To be run by hand for another version of Kubernetes:
//   go mod download -json k8s.io/api@v0.35.4 k8s.io/apimachinery@v0.35.4   # prints the two directories
//   node scripts/record-protobuf-messages.mjs API_DIR APIMACHINERY_DIR
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';

const OUT = 'src/cluster/apiserver/protobuf/message-shapes.json';
const [api, apimachinery] = process.argv.slice(2);
if (api === undefined || apimachinery === undefined) {
  process.stderr.write('usage: record-protobuf-messages.mjs API_DIR APIMACHINERY_DIR\n');
  process.exit(2);
}

/** What clients send to the embedded server: the Go package, the apiVersion, the kinds. */
const KINDS = [
  ['core/v1', 'v1', 'Namespace Node Pod ConfigMap Secret ServiceAccount Event ResourceQuota LimitRange'],
  ['core/v1', 'v1', 'PersistentVolumeClaim Binding'],
  ['batch/v1', 'batch/v1', 'Job'],
  ['coordination/v1', 'coordination.k8s.io/v1', 'Lease'],
  ['apps/v1', 'apps/v1', 'ControllerRevision'],
  ['rbac/v1', 'rbac.authorization.k8s.io/v1', 'Role RoleBinding ClusterRole ClusterRoleBinding'],
  ['policy/v1', 'policy/v1', 'Eviction'],
  ['authorization/v1', 'authorization.k8s.io/v1', 'SelfSubjectAccessReview'],
];
/** Structs whose JSON is not that of their fields. */
const SCALARS = {
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'intOrString',
  'metav1.Time': 'time',
  Time: 'time',
  'metav1.MicroTime': 'microTime',
  'runtime.RawExtension': 'any',
  FieldsV1: 'any',
  'types.UID': 'string',
  'types.NodeName': 'string',
  '[]byte': 'bytes',
};
const PLAIN = new Set(['string', 'bool', 'int32', 'int64']);

/** `type NAME …` of a package: the lines of a struct, or the type that another name stands for. */
function readPackage(directory) {
  const types = new Map();
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.go') && !/_test|generated/.test(name))) {
    const text = readFileSync(join(directory, file), 'utf8');
    for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) types.set(name, body);
    for (const [, name, other] of text.matchAll(/^type (\w+) ([\w.[\]]+)\s*(?:\/\/.*)?$/gm)) types.set(name, { other });
  }
  return types;
}

const meta = readPackage(join(apimachinery, 'pkg/apis/meta/v1'));
const packages = new Map([['meta/v1', meta]]);
const packageOf = (name) => {
  if (!packages.has(name)) packages.set(name, readPackage(join(api, name)));
  return packages.get(name);
};
const PREFIXES = { metav1: 'meta/v1', v1: 'core/v1', corev1: 'core/v1' };

const messages = {};
const homes = new Map();

/** The type as message-shapes.ts has it; structs on the way are read too. */
function typeOf(goType, home) {
  if (SCALARS[goType] !== undefined) return SCALARS[goType];
  if (goType.startsWith('*')) return typeOf(goType.slice(1), home);
  if (goType.startsWith('[]')) return `${typeOf(goType.slice(2), home)}[]`;
  const map = /^map\[[\w.]+\](.*)$/.exec(goType);
  if (map !== null) return `${typeOf(map[1], home)}{}`;
  if (PLAIN.has(goType)) return goType;
  const [prefix, bare] = goType.includes('.') ? goType.split('.') : [undefined, goType];
  const where = prefix === undefined ? home : PREFIXES[prefix];
  if (where === undefined) throw new Error(`${goType} in ${home}: which package is that?`);
  const found = packageOf(where).get(bare);
  if (found === undefined) throw new Error(`${where} has no type ${bare}`);
  // A list with a name would be a message of its own.
  if (typeof found === 'object' && found.other.startsWith('[]')) throw new Error(`${goType} in ${home} is a list`);
  if (typeof found === 'object') return typeOf(found.other, where);
  readStruct(bare, where);
  return bare;
}

function readStruct(name, home) {
  if (homes.has(name)) {
    if (homes.get(name) !== home) throw new Error(`two structs are named ${name}`);
    return;
  }
  homes.set(name, home);
  const fields = {};
  messages[name] = fields;
  for (const line of packageOf(home).get(name).split('\n')) {
    const tagged = /^\s+([^`/]+)`json:"([^"]*)"[^`]* protobuf:"\w+,(\d+),/.exec(line);
    if (tagged === null) continue;
    const [, declaration, json, number] = tagged;
    const words = declaration.trim().split(/\s+/);
    const goType = words.at(-1);
    const [key, ...options] = json.split(',');
    const type = typeOf(goType, home);
    const inline = key === '' || options.includes('inline');
    // What is no pointer is always sent, and means nothing when it is zero.
    const zeroIsNothing = options.includes('omitempty') && PLAIN.has(type) && !goType.startsWith('*');
    fields[number] = `${inline ? '...' : key} ${type}${zeroIsNothing ? '?' : ''}`;
  }
}

const kinds = {};
for (const [directory, apiVersion, names] of KINDS)
  for (const name of names.split(' ')) {
    readStruct(name, directory);
    kinds[`${apiVersion}/${name}`] = name;
  }
readStruct('DeleteOptions', 'meta/v1');

const sorted = Object.fromEntries(Object.entries(messages).sort(([a], [b]) => (a < b ? -1 : 1)));
const options = { ...(await prettier.resolveConfig(OUT)), filepath: OUT };
writeFileSync(OUT, await prettier.format(JSON.stringify({ kinds, messages: sorted }), options));
