# The highly available installation on the node: two replicas, PostgreSQL from Debian, the leader's pod evicted while a step
# runs. Part of on-node.sh, which reads it; whatever is not defined here is from there.

postgres_bin=
postgres_data=
relay=

# Ends what start_postgres and start_relay have started.
stop_services() {
  [ -z "$relay" ] || kill "$relay" 2>/dev/null || true
  [ -z "$postgres_data" ] || runuser -u postgres -- "$postgres_bin/pg_ctl" -D "$postgres_data" -m immediate -w stop >/dev/null 2>&1 || true
}

# until_true SECONDS WHAT COMMAND...: asks until the command succeeds.
until_true() {
  local last=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$last" ] || fail "$what"
    sleep 0.3
  done
}

postgres_programs() { find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -1 | xargs -r dirname; }

# A PostgreSQL that pods reach, with a database and a password; its address is in $audit_url.
start_postgres() {
  local port password
  postgres_bin=$(postgres_programs)
  if [ -z "$postgres_bin" ]; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >"$work/apt" 2>&1 ||
      { tail -5 "$work/apt" >&2; fail 'PostgreSQL is not here, and its package could not be installed: apt-get install postgresql'; }
    postgres_bin=$(postgres_programs)
  fi
  password=$(node -p 'require("node:crypto").randomBytes(12).toString("hex")')
  port=$(node -e 'const s = require("node:net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })')
  chmod 711 "$work"
  mkdir "$work/postgres"
  chown postgres: "$work/postgres"
  postgres_data=$work/postgres/data
  (
    cd "$work/postgres"
    runuser -u postgres -- "$postgres_bin/initdb" -D "$postgres_data" -U admin -E UTF8 --locale=C -N -A trust >/dev/null
    echo 'host lockstep lockstep all scram-sha-256' | runuser -u postgres -- tee -a "$postgres_data/pg_hba.conf" >/dev/null
    runuser -u postgres -- "$postgres_bin/pg_ctl" -D "$postgres_data" -w -l "$work/postgres/log" -o "-k $work/postgres -p $port -c listen_addresses=$address -c fsync=off" start >/dev/null
    runuser -u postgres -- "$postgres_bin/psql" -q -h "$work/postgres" -p "$port" -U admin -v ON_ERROR_STOP=1 postgres <<SQL
CREATE ROLE lockstep LOGIN PASSWORD '$password';
CREATE DATABASE lockstep OWNER lockstep;
SQL
  ) || fail "PostgreSQL did not start: $(tail -3 "$work/postgres/log" 2>/dev/null)"
  audit_url=postgres://lockstep:$password@$address:$port/lockstep
}

# The API server listens on the loopback, where pods do not reach it.
start_relay() {
  node - "$address" "${hostport##*:}" >"$work/relay" <<'JS' &
const net = require('node:net');
const [address, port] = process.argv.slice(2);
const server = net.createServer((near) => {
  const far = net.connect(Number(port), '127.0.0.1');
  near.pipe(far).pipe(near);
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
});
server.listen(0, address, () => console.log(server.address().port));
JS
  relay=$!
  until_true 10 'the relay to the API server did not start' test -s "$work/relay"
}

start_services() {
  address=$(kubectl get node "$node" -o 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}')
  start_relay
  start_postgres
  printf 's|HOST_ADDRESS|%s|\ns|RELAY_PORT|"%s"|\n' "$address" "$(cat "$work/relay")" >>"$work/fill.sed"
  tell 'PostgreSQL runs, and a relay to the API server for pods'
}

available_secret() { kubectl -n "$own" create secret generic lockstep-audit --from-literal=url="$audit_url" >/dev/null; }
available_manifests() { kubectl kustomize test/deploy/highly-available-overlay | sed -f "$work/fill.sed"; }
controllers() { kubectl -n "$own" get pods -l app.kubernetes.io/component=controller -o "jsonpath={range .items[?(@.status.phase=='Running')]}{.metadata.name} {.status.podIP} {.metadata.deletionTimestamp}{'\n'}{end}" | awk 'NF == 2'; }
holder() { kubectl -n "$own" get lease lockstep-controller -o 'jsonpath={.spec.holderIdentity}'; }
allowed() { kubectl -n "$own" get pdb lockstep-controller -o 'jsonpath={.status.disruptionsAllowed}'; }
may_disrupt() { [ "$(allowed)" = "$1" ]; }
is_led_by_one() { [ -n "$(holder)" ] && controllers | grep -q "^$(holder) "; }
is_led_by_another() { [ -n "$(holder)" ] && [ "$(holder)" != "$1" ] && controllers | grep -q "^$(holder) "; }
evict() { kubectl create --raw "/api/v1/namespaces/$own/pods/$1/eviction" -f - <<<"{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"$1\",\"namespace\":\"$own\"}}"; }

# Two pods are ready, exactly one leads, by the lease and by what each says itself; one may be disrupted; nothing is missing.
is_available() {
  kubectl -n "$own" rollout status deployment/lockstep-controller --timeout=120s >/dev/null || fail "$1: the two replicas are not ready"
  until_true 40 "$1: the lease names none of the pods: $(holder)" is_led_by_one
  until_true 40 "$1: the PodDisruptionBudget allows $(allowed) disruptions, not one" may_disrupt 1
  controllers | node --input-type=module -e '
    import { readFileSync } from "node:fs";
    const pods = readFileSync(0, "utf8").trim().split("\n").map((line) => line.split(" "));
    const leads = [];
    for (const [name, address] of pods)
      if (/^leader_election_master_status\{[^}]*\} 1$/m.test(await (await fetch(`http://${address}:8080/metrics`)).text())) leads.push(name);
    if (pods.length !== 2 || leads.join() !== process.argv[1]) {
      console.error(`${pods.length} pods, and as leaders say they are: ${leads.join() || "none"}; the lease says ${process.argv[1]}`);
      process.exit(1);
    }' "$(holder)" || fail "$1: two pods and one leader were expected"
  "${lockstep[@]}" check >"$work/check" || { cat "$work/check" >&2; fail "$1: lockstep check says that something is wrong"; }
  grep -q 'controller .*2 of 2 ready.*the Secret lockstep-audit' "$work/check" || { cat "$work/check" >&2; fail "$1: lockstep check does not speak of two replicas and the Secret"; }
}

# The run `long` in the namespace $1; its second step runs, and takes 12 seconds or $2.
begin_run() {
  kubectl get namespace "$1" >/dev/null 2>&1 || kubectl create namespace "$1" >/dev/null
  sed "s/sleep, '12'/sleep, '${2:-12}'/" test/deploy/node-overlay/long.yaml | kubectl -n "$1" create -f - >/dev/null
  kubectl -n "$1" wait --for=jsonpath='{.status.progress}'=1/3 wfx/long --timeout=60s >/dev/null
  until_true 30 'the second step has no pod that runs' runs_second "$1"
}
runs_second() { [ "$(kubectl -n "$1" get pods -l lockstep.dev/task=sleeps -o 'jsonpath={.items[*].status.phase}')" = Running ]; }

# It succeeded, each step with one pod.
run_ends_well() {
  local count
  kubectl -n "$1" wait --for=condition=Finished wfx/long --timeout=120s >/dev/null
  count=$(kubectl -n "$1" get wfx long -o 'jsonpath={.status.phase} {.status.progress}')
  [ "$count" = 'Succeeded 3/3' ] || fail "$2: the run ended as $count"
  count=$(kubectl -n "$1" get pods -l 'lockstep.dev/task in (before, sleeps, after)' -o 'jsonpath={range .items[*]}{.metadata.labels.lockstep\.dev/task} {end}' | xargs -n1 | sort | xargs)
  [ "$count" = 'after before sleeps' ] || fail "$2: the steps have these pods: $count"
}

# PostgreSQL has all of its trail: the chain is checked (the command ends with 13 where it is broken), and each step is in it once.
trail_is_whole() {
  "${lockstep[@]}" --audit-store "$audit_url" audit "$1/long" -o json >"$work/trail" 2>&1 &&
    node -e '
      const events = require("node:fs").readFileSync(process.argv[1], "utf8").trim().split("\n").map((line) => JSON.parse(line));
      const of = (type) => events.filter((event) => event.type === type).length;
      const whole = events.every(({ seq }, index) => seq === index + 1);
      process.exit(whole && of("run.accepted") === 1 && of("attempt.succeeded") === 3 && of("run.succeeded") === 1 ? 0 : 1);' "$work/trail"
}

# Before its namespace, whose deletion waits for half of a pod's grace before it looks again.
no_controllers() {
  kubectl -n "$own" scale deployment/lockstep-controller --replicas=0 >/dev/null
  kubectl -n "$own" wait --for=delete pod -l app.kubernetes.io/component=controller --timeout=60s >/dev/null
}

# 1. kustomize: installed as docs/installation.md says; the leader's pod is evicted, as a drained node does it.
try_available() {
  local leader then
  kubectl create namespace "$own" >/dev/null
  available_secret
  available_manifests | kubectl apply --server-side --force-conflicts -f - >/dev/null
  is_available 'two replicas'
  tell "two replicas are ready under \"restricted\", $(holder) leads"
  begin_run "$apps-available"
  leader=$(holder)
  then=$SECONDS
  evict "$leader" >/dev/null || fail 'the PodDisruptionBudget refuses the first disruption'
  # The other is the only one now, and has to stay.
  if evict "$(controllers | grep -v "^$leader " | cut -d' ' -f1 | head -1)" >"$work/said" 2>&1; then fail 'two pods were evicted at once'; fi
  grep -q 'disruption budget' "$work/said" || fail "the second disruption is refused otherwise: $(cat "$work/said")"
  until_true 20 "nobody took over from $leader" is_led_by_another "$leader"
  tell "$leader is evicted while a step runs; $(holder) leads $((SECONDS - then)) s later"
  run_ends_well "$apps-available" 'two replicas'
  until_true 20 'two replicas: PostgreSQL does not have the whole trail' trail_is_whole "$apps-available"
  tell "the run succeeded, each step has one pod, and PostgreSQL has all $(wc -l <"$work/trail") events of its trail"
  is_available 'after the eviction'
  nothing_refused
  kubectl delete namespace "$apps-available" --timeout=60s >/dev/null
  no_controllers
  available_manifests | without_kinds | kubectl delete --timeout=90s -f - >/dev/null
  tell 'removed'
}

# 2. Helm, from one replica with SQLite to this, as `helm upgrade` of the release that on-node.sh has installed.
try_upgrade() {
  available_secret
  cat >"$work/chart/kustomization.yaml" <<YAML
resources: [chart.yaml]
components: ['$(realpath --relative-to "$work/chart" test/deploy/pod-network)']
YAML
  "$helm" upgrade lockstep deploy/chart -n "$own" --set replicas=2 --set audit.postgres.secretName=lockstep-audit --post-renderer "$work/node" --wait --timeout 120s >/dev/null 2>"$work/said" || { cat "$work/said" >&2; fail 'helm upgrade to two replicas fails'; }
  is_available 'helm upgrade'
  tell "upgraded to two replicas and PostgreSQL with Helm; $(holder) leads"
  begin_run "$apps-upgraded" 5
  run_ends_well "$apps-upgraded" 'helm upgrade'
  until_true 20 'helm upgrade: PostgreSQL does not have the whole trail' trail_is_whole "$apps-upgraded"
  kubectl delete namespace "$apps-upgraded" --timeout=60s >/dev/null
  tell 'a run succeeded there, and PostgreSQL has its trail'
  begin_run "$apps-left" 600
  # Not later: a release that is removed takes the rights away while the pods are stopping.
  nothing_refused
}

# Kubernetes deletes the pods of a namespace first, and the rest only when they are gone.
is_held() { kubectl -n "$apps-left" get pods -l lockstep.dev/task=sleeps -o 'jsonpath={.items[*].metadata.deletionTimestamp} {.items[*].status.phase}' | grep -q ' \(Failed\|Succeeded\)$'; }

# 3. What docs/operations.md says of a controller that went first: the finalizers of its runs hold a namespace, and this frees it.
try_last_resort() {
  local kind name
  kubectl delete namespace "$apps-left" --wait=false >/dev/null
  until_true 60 'a pod that ended without a controller is not there any more, or was not deleted' is_held
  kubectl -n "$apps-left" get wfx long >/dev/null 2>&1 || fail 'a run that is under way goes without a controller, and its trail is lost'
  for kind in wfx,sqj 'pods,jobs -l lockstep.dev/tracked=true'; do
    # shellcheck disable=SC2086 # words
    kubectl -n "$apps-left" get $kind -o 'jsonpath={range .items[*]}{.kind} {.metadata.name}{"\n"}{end}' |
      while read -r kind name; do kubectl -n "$apps-left" patch "$kind" "$name" --type=merge -p '{"metadata":{"finalizers":null}}' >/dev/null; done
  done
  kubectl wait --for=delete "namespace/$apps-left" --timeout=60s >/dev/null || fail 'the namespace does not go'
  tell 'without a controller a run holds its namespace; with its finalizers taken off by hand it goes'
}
