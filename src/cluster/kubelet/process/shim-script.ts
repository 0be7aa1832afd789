/**
 * The parent of a container's process. It outlives the kubelet and writes down how the process ended, as containerd's
 * shim does. For bash (with job control) and any POSIX sh (with setsid); only shell builtins, so that the container's
 * own PATH does not matter; the environment is the container's, so each name of ours has a prefix.
 *
 * Arguments: directory of the instance, how to make a process group (jobs|setsid), cgroup directory or -, the file with
 * its oom_kill counter or -, the commands unshare and mount or - (to put a file at /dev/termination-log), the working directory,
 * then the command. What it leaves in the directory:
 *
 *   claim   made exclusively before anything runs: whoever finds it missing may make it and be sure that nothing ran
 *   pid     process and shim, and their lines of /proc/PID/stat, which tell a process from a later one with its number
 *   failed  why the command could not be reached (cgroup, working directory, mount)
 *   exit    "CODE OOM_KILLS": written in place into a file that is there already, so that a full disk cannot lose it
 */
export const SHIM_SCRIPT = `
LOCKSTEP_dir=$1 LOCKSTEP_mode=$2 LOCKSTEP_cgroup=$3 LOCKSTEP_counter=$4 LOCKSTEP_unshare=$5 LOCKSTEP_mount=$6 LOCKSTEP_cwd=$7
shift 7
set -C
: > "$LOCKSTEP_dir/claim" || exit 0
set +C
if [ "$LOCKSTEP_mode" = jobs ]; then set -m; else set -- "$LOCKSTEP_mode" "$@"; fi
(
  LOCKSTEP_fail() { printf '%s' "$1" > "$LOCKSTEP_dir/failed"; exit 128; }
  if [ "$LOCKSTEP_cgroup" != - ]; then
    echo 0 2>/dev/null > "$LOCKSTEP_cgroup/cgroup.procs" || LOCKSTEP_fail "cannot join cgroup $LOCKSTEP_cgroup"
  fi
  cd -- "$LOCKSTEP_cwd" 2>/dev/null || LOCKSTEP_fail "cannot change to directory $LOCKSTEP_cwd"
  exec < /dev/null >> "$LOCKSTEP_dir/log" 2>&1 || LOCKSTEP_fail "cannot write to $LOCKSTEP_dir/log"
  if [ "$LOCKSTEP_unshare" != - ]; then
    exec "$LOCKSTEP_unshare" -m -- /bin/sh -c '
      "$2" --bind "$1/termination-log" /dev/termination-log ||
        { printf %s "cannot mount a file at /dev/termination-log" > "$1/failed"; exit 128; }
      shift 2
      exec "$@"' sh "$LOCKSTEP_dir" "$LOCKSTEP_mount" "$@"
  fi
  exec "$@"
) &
LOCKSTEP_pid=$!
trap '' PIPE
read -r LOCKSTEP_stat 2>/dev/null < "/proc/$LOCKSTEP_pid/stat"
read -r LOCKSTEP_own 2>/dev/null < "/proc/$$/stat"
printf '%s %s\\n%s\\n%s\\n' "$LOCKSTEP_pid" "$$" "$LOCKSTEP_stat" "$LOCKSTEP_own" 1<> "$LOCKSTEP_dir/pid"
echo started 2>/dev/null
exec > /dev/null
while :; do
  wait "$LOCKSTEP_pid"
  LOCKSTEP_code=$?
  case $LOCKSTEP_code in
    14[5-9]|150) kill -0 "$LOCKSTEP_pid" 2>/dev/null && continue ;;
  esac
  break
done
kill -s KILL -- "-$LOCKSTEP_pid" 2>/dev/null
LOCKSTEP_oom=0
if [ "$LOCKSTEP_cgroup" != - ]; then
  while read -r LOCKSTEP_one; do kill -s KILL "$LOCKSTEP_one"; done 2>/dev/null < "$LOCKSTEP_cgroup/cgroup.procs"
  while read -r LOCKSTEP_key LOCKSTEP_value; do
    if [ "$LOCKSTEP_key" = oom_kill ]; then LOCKSTEP_oom=$LOCKSTEP_value; fi
  done 2>/dev/null < "$LOCKSTEP_counter"
fi
until printf '%s %s\\n' "$LOCKSTEP_code" "$LOCKSTEP_oom" 1<> "$LOCKSTEP_dir/exit"; do sleep 1; done
`;

/** What `pid` and `exit` hold until the shim has written them: room, so that a full disk cannot lose them. */
export const PLACEHOLDER = `${' '.repeat(2047)}\n`;
