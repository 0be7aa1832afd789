#!/usr/bin/env bash
# The installation as a user does it, on a node that runs: builds the image, takes it to the node's containerd, applies
# deploy/ with node-overlay, plays runs with kubectl, replaces the controller while one is under way, and deletes it all.
#
#   test/deploy/on-node.sh DIR
#
# DIR is where the cluster keeps its state: kubeconfig, containerd/containerd.sock and logs/audit.log are read there. No
# other controller may work in the cluster meanwhile. HELM names Helm 3 (default: helm); the chart is left out without it.
# Ends with 0 where all is well, and where the cluster is not there: it says so then.
set -euo pipefail
cd "$(dirname "$0")/../.."

skip() { echo "skipped: the installation on a real node: $1"; exit 0; }
fail() { echo "on-node.sh: $1" >&2; exit 1; }
tell() { echo "$((SECONDS - begin)) s: $1"; }
begin=$SECONDS
started=$(date -u +%Y-%m-%dT%H:%M:%S)

[ $# = 1 ] || fail 'usage: test/deploy/on-node.sh DIR (of a running cluster with a node)'
dir=$(realpath -m "$1")
sock=$dir/containerd/containerd.sock
[ -f "$dir/kubeconfig" ] || skip "no cluster is in $dir (there is no kubeconfig)"
[ -S "$sock" ] || skip "the cluster in $dir has no node (there is no containerd/containerd.sock)"
for tool in kubectl ctr; do command -v "$tool" >/dev/null || skip "$tool is not installed"; done
[ "$(id -u)" = 0 ] || skip 'only root reaches the containerd of the node'
export KUBECONFIG=$dir/kubeconfig
kubectl get --raw /readyz >/dev/null 2>&1 || skip "the API server of $dir does not answer"
node=$(kubectl get nodes -o 'jsonpath={.items[0].metadata.name}')
[ -n "$node" ] || skip "the cluster in $dir has no node"
kubectl wait --for=condition=Ready "node/$node" --timeout=60s >/dev/null || fail "the node $node is not Ready"
[ -f dist/cli.js ] || fail 'dist/cli.js is not here; build the program first: npm ci && npm run build'
others=$(kubectl get deployments -A -l app.kubernetes.io/name=lockstep -o name)
[ -z "$others" ] || fail "a controller is installed already: $others; delete it first: kubectl delete -k deploy/"
# A controller for all namespaces would take the pods of another one's attempts for those of strangers.
if kubectl get crd workflowexecutions.lockstep.dev >/dev/null 2>&1; then
  # What a namespace that is being deleted still has was left behind.
  leaving=$(kubectl get namespaces -o 'jsonpath={range .items[?(@.metadata.deletionTimestamp)]}^{.metadata.name}/{"\n"}{end}')
  under_way=$(kubectl get wfx,sqj -A -o 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {.status.phase}{"\n"}{end}' |
    grep -vE ' (Succeeded|Failed|Cancelled)$' | { [ -z "$leaving" ] && cat || grep -v "$leaving"; } | head -3 || true)
  [ -z "$under_way" ] || fail "runs are under way in this cluster, perhaps of another controller; let them end or delete them: $under_way"
fi
if [ -n "$(kubectl get namespace lockstep-system --ignore-not-found -o 'jsonpath={.metadata.deletionTimestamp}')" ]; then
  kubectl wait --for=delete namespace/lockstep-system --timeout=60s >/dev/null || fail 'the namespace lockstep-system is being deleted, and does not go'
fi
if (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then fail 'port 8080 of this machine is in use: with hostNetwork the controller needs it'; fi

work=$(mktemp -d)
own=lockstep-system
apps=on-node-$RANDOM
lockstep=(node dist/cli.js --kubeconfig "$KUBECONFIG")
# What was there before stays: a CRD that goes takes all of its objects along.
had_kinds=$(kubectl get crds -o name | grep -c 'lockstep\.dev$' || true)
archive=$work/lockstep.tar
helm=$(command -v "${HELM:-helm}" || true)
audit=$dir/lockstep-audit
image=docker.io/library/lockstep:$(node -p 'require("./package.json").version')

released=
building=
# What the highly available installation needs, and what is tried with it.
. test/deploy/highly-available-on-node.sh
# Only with something else at work does a deletion hang: a minute is enough.
cleanup() {
  local code=$?
  if [ "$code" != 0 ]; then
    echo '--- the pods, the events and the log of the controller'
    kubectl -n "$own" get pods -o wide || true
    kubectl -n "$own" get events --sort-by=.lastTimestamp | tail -15 || true
    kubectl -n "$own" logs -l app.kubernetes.io/component=controller --prefix --tail=30 || true
  fi >&2
  for each in "$apps" "$apps-available" "$apps-upgraded" "$apps-left"; do
    kubectl delete namespace "$each" --ignore-not-found --timeout=60s >/dev/null 2>&1 || echo "the namespace $each is still there" >&2
  done
  [ -z "$released" ] || "$helm" uninstall lockstep -n "$own" >/dev/null 2>&1 || true
  manifests | without_kinds | kubectl delete --ignore-not-found --timeout=60s -f - >/dev/null 2>&1 || echo "something of the installation is still there" >&2
  stop_services
  [ -z "$building" ] || kill "$building" 2>/dev/null || true
  [ "$had_kinds" != 0 ] || kubectl delete --ignore-not-found --timeout=60s -k crds/ >/dev/null 2>&1 || echo 'the CRDs are still there' >&2
  ctr -a "$sock" -n k8s.io images rm "$image" >/dev/null 2>&1 || true
  rm -rf "$work" "$audit"
  return "$code"
}

server=$(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
hostport=${server#*://}
cat >"$work/fill.sed" <<SED
s|API_SERVER_HOST|${hostport%:*}|
s|API_SERVER_PORT|"${hostport##*:}"|
s|AUDIT_DIRECTORY|$audit|
s|NODE_NAME|$node|
SED
manifests() { kubectl kustomize test/deploy/node-overlay | sed -f "$work/fill.sed"; }
# Documents are separated by a line ---.
without_kinds() { awk 'BEGIN { RS = "---\n"; ORS = "---\n" } !/(^|\n)kind: CustomResourceDefinition\n/'; }
trap cleanup EXIT

# 0. The image, while the API server is asked.
BUILDAH_ROOT=$work/buildah bash deploy/image/build.sh "$archive" >"$work/build" 2>&1 &
building=$!

# 1. What is shipped passes where "restricted" is enforced. Only the API server can say that, and it only warns of a
#    Deployment, so a warning fails; the test of the rights tries the pod itself.
kubectl apply --server-side --force-conflicts -k crds/ >/dev/null
kubectl apply --server-side --force-conflicts -f deploy/cluster-wide/namespace.yaml >/dev/null
dry_run() {
  kubectl apply --server-side --force-conflicts --dry-run=server -f - >/dev/null 2>"$work/said" || { cat "$work/said" >&2; fail "$1 is refused"; }
  ! grep -i warning "$work/said" >&2 || fail "$1 passes only with a warning"
}
for folder in deploy deploy/highly-available; do kubectl kustomize "$folder" | dry_run "$folder"; done
if [ -n "$helm" ]; then
  "$helm" template lockstep deploy/chart -n "$own" --kube-version 1.35.0 2>/dev/null | dry_run 'the Helm chart'
  tell 'deploy/, deploy/highly-available and the Helm chart pass a dry run under "restricted"'
else
  tell 'deploy/ and deploy/highly-available pass a dry run under "restricted"; skipped: the Helm chart (there is no helm; HELM may name it)'
fi

# 2. The image, as it is built, and the installation.
wait "$building" || { cat "$work/build" >&2; fail 'the image could not be built'; }
building=
cat "$work/build"
ctr -a "$sock" -n k8s.io images import "$archive" >/dev/null
mkdir -p "$audit"
manifests | kubectl apply --server-side --force-conflicts -f - >/dev/null
kubectl -n "$own" rollout status deployment/lockstep-controller --timeout=120s >/dev/null
tell 'the controller is ready'
pod_name() { kubectl -n "$own" get pods -l app.kubernetes.io/component=controller -o 'jsonpath={.items[0].metadata.name}'; }

# 3. Its pod: the user, what may be written, what else is in the image.
kubectl -n "$own" exec -i "$(pod_name)" -- node --input-type=module - <<'JS' || fail 'the pod is not as it should be'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
const wrong = [];
if (process.getuid() !== 65532 || process.getgid() !== 65532) wrong.push(`it runs as ${process.getuid()}:${process.getgid()}`);
const status = readFileSync('/proc/1/status', 'utf8');
for (const [line, want] of [['CapEff', '0000000000000000'], ['NoNewPrivs', '1'], ['Seccomp', '2']])
  if (!new RegExp(`^${line}:\\s+${want}$`, 'm').test(status)) wrong.push(`${line} is not ${want}`);
for (const path of ['/x', '/app/x', '/tmp/x', '/usr/bin/x'])
  try {
    writeFileSync(path, '');
    wrong.push(`${path} can be written`);
  } catch (error) {
    if (error.code !== 'EROFS') wrong.push(`${path}: ${error.code}, not EROFS`);
  }
writeFileSync('/var/lib/lockstep/x', '');
rmSync('/var/lib/lockstep/x');
if (readdirSync('/usr/bin').join() !== 'node') wrong.push(`/usr/bin holds ${readdirSync('/usr/bin').join()}`);
for (const each of wrong) console.error(each);
process.exitCode = wrong.length === 0 ? 0 : 1;
JS
tell 'it runs as 65532 without capabilities on a read-only root, and writes only to its volume'

# 4. Runs, with kubectl.
kubectl create namespace "$apps" >/dev/null
kubectl -n "$apps" create -f test/deploy/node-overlay/runs.yaml >/dev/null
kubectl -n "$apps" wait --for=condition=Finished wfx/good wfx/bad --timeout=120s >/dev/null
phase() { kubectl -n "$apps" get wfx "$1" -o 'jsonpath={.status.phase}'; }
told() { kubectl -n "$apps" get wfx "$1" -o 'jsonpath={.status.phase} {.status.progress}: {.status.summary}'; }
[ "$(phase good)" = Succeeded ] || fail "good: $(told good)"
[[ "$(told bad)" == 'Failed '*breaks* ]] || fail "bad: $(told bad)"
for step in first second third; do
  kubectl -n "$apps" logs -l "lockstep.dev/task=$step" >"$work/logs"
  grep -qx "hello from the $step step" "$work/logs" || fail "kubectl logs does not show what the $step step printed"
done
"${lockstep[@]}" logs "$apps/good" >"$work/logs"
grep -q 'hello from the third step' "$work/logs" || fail 'lockstep logs does not show what the third step printed'
tell "good: $(told good)"
tell "bad: $(told bad)"

# 5. Is it well? From outside, and from within the pod.
"${lockstep[@]}" check | tee "$work/check" || fail 'lockstep check says that something is wrong'
grep -q '^✔ leader' "$work/check" || fail 'lockstep check does not name the leader'
kubectl -n "$own" exec "$(pod_name)" -- node /app/cli.js check >"$work/check-within" || { cat "$work/check-within" >&2; fail 'lockstep check in the pod says that something is wrong'; }
node -e 'fetch("http://127.0.0.1:8080/metrics").then((r) => r.text()).then((t) => process.exit(/^lockstep_/m.test(t) ? 0 : 1))' || fail '/metrics has nothing of Lockstep'
# A second one has no place on this host's ports; scaled back, it goes first.
kubectl -n "$own" scale deployment/lockstep-controller --replicas=2 >/dev/null
"${lockstep[@]}" check >"$work/check" && fail 'lockstep check has nothing against two replicas with SQLite'
grep -q '^✘ audit store .* has 2 replicas and its audit trail in SQLite' "$work/check" || { cat "$work/check" >&2; fail 'lockstep check does not refuse two replicas with SQLite'; }
kubectl -n "$own" scale deployment/lockstep-controller --replicas=1 >/dev/null

# 6. A new controller while a run is under way: the old one ends in order, and nothing runs twice.
begin_run "$apps"
kubectl -n "$own" rollout restart deployment/lockstep-controller >/dev/null
kubectl -n "$own" rollout status deployment/lockstep-controller --timeout=120s >/dev/null
tell 'the controller is replaced'
run_ends_well "$apps" 'a new controller'
tell "long: $(told long)"

# 7. The trail is on the volume, and the API server refused nothing.
kubectl delete namespace "$apps" --timeout=60s >/dev/null
tell 'the runs are deleted'
no_controllers
for run in good bad long; do
  "${lockstep[@]}" --audit-store "sqlite:$audit/audit.db" audit "$apps/$run" >"$work/audit" 2>&1 || { cat "$work/audit" >&2; fail "lockstep audit does not know $run"; }
done
nothing_refused() {
  AUDIT_LOG=$dir/logs/audit.log STARTED=$started node --input-type=module - <<'JS' || fail 'the API server refused requests of the controller'
import { existsSync, readFileSync } from 'node:fs';
const { AUDIT_LOG: path, STARTED: started } = process.env;
if (!existsSync(path)) {
  console.log(`skipped: what the API server refused (there is no ${path})`);
  process.exit(0);
}
const requests = readFileSync(path, 'utf8')
  .split('\n')
  .filter((line) => line.includes('"username":"system:serviceaccount:lockstep-system:lockstep-controller"') && line.endsWith('}'))
  .map((line) => JSON.parse(line))
  .filter(({ requestReceivedTimestamp }) => requestReceivedTimestamp > started);
// `lockstep check` in the pod asks for these two, and says what it may not see. Admission refuses with 403 too: that a
// namespace is being deleted, or over its quota. Only RBAC forbids.
const asked = /^\/apis\/(apiextensions\.k8s\.io\/v1\/customresourcedefinitions|apps\/v1\/deployments)\b/;
const refused = requests.filter(
  ({ requestURI, responseStatus, annotations }) =>
    !asked.test(requestURI) &&
    (responseStatus?.code === 401 || annotations?.['authorization.k8s.io/decision'] === 'forbid'),
);
for (const { verb, requestURI } of refused) console.error(`${verb} ${requestURI}`);
console.log(`${requests.length} requests with the rights of the service account, ${refused.length} refused`);
process.exit(refused.length === 0 && requests.length > 0 ? 0 : 1);
JS
}
nothing_refused
manifests | without_kinds | kubectl delete --timeout=60s -f - >/dev/null
tell 'removed'

# 8. Two replicas and PostgreSQL.
start_services
try_available

# 9. The same with Helm, where it is there: one replica, an upgrade to two, and removed while a run is under way.
if [ -n "$helm" ]; then
  mkdir "$work/chart"
  cat >"$work/chart/kustomization.yaml" <<YAML
resources: [chart.yaml]
components: ['$(realpath --relative-to "$work/chart" test/deploy/node-overlay/node)']
YAML
  cat >"$work/node" <<SH
#!/bin/sh
cat >"$work/chart/chart.yaml" && kubectl kustomize "$work/chart" | sed -f "$work/fill.sed"
SH
  chmod +x "$work/node"
  rm -rf "$audit" && mkdir "$audit"
  released=yes
  "$helm" install lockstep deploy/chart -n "$own" --create-namespace --post-renderer "$work/node" --wait --timeout 120s >/dev/null 2>"$work/said" || { cat "$work/said" >&2; fail 'helm install fails'; }
  "${lockstep[@]}" check >"$work/check" || { cat "$work/check" >&2; fail 'with Helm: lockstep check says that something is wrong'; }
  try_upgrade
  "$helm" uninstall lockstep -n "$own" --wait --timeout 60s >"$work/uninstalled" 2>"$work/said" || { cat "$work/said" >&2; fail 'helm uninstall fails'; }
  released=
  kubectl -n "$own" get pvc lockstep-audit >/dev/null || fail 'with Helm: the claim with the audit trail went with the release'
  kubectl -n "$own" get deployment lockstep-controller >/dev/null 2>&1 && fail 'with Helm: the Deployment outlived the release'
  try_last_resort
  kubectl delete namespace "$own" --timeout=60s >/dev/null
  tell 'removed with Helm; the claim with the audit trail stayed'
fi
tell 'the installation on a real node works'
