# What the scripts of the local stack share; sourced, never run. Bash.
# The environment may choose another folder for all that the stack writes, and other ports, so that two stacks can run
# beside each other.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
var=$(realpath -m "${LIMITS_VAR:-$root/var}")
run=$var/run
logs=$var/log
bin=$root/build/release/bin
STREAM=user-events
SHARDS=4
APPLICATION=user-limits
REGION=eu-west-2

# die MESSAGE: one clear line, below an unfinished step's line if there is one.
die() {
  printf '%s%s: %s\n' "${in_step:+$'\n'}" "${0##*/}" "$1" >&2
  exit 1
}

# The daemon cuts the child's command line at spaces.
[[ $var != *[[:space:]]* || $var = "$root/var" ]] || die "LIMITS_VAR is $var; choose a folder without spaces in its path"

# step LABEL COMMAND...: one line with the seconds it took. The command runs in this shell.
step() {
  local label=$1 began=$EPOCHREALTIME
  shift
  printf '%-58s' "$label"
  in_step=1
  "$@"
  in_step=
  printf '%7.1f s\n' "$(((${EPOCHREALTIME/[.,]/} - ${began/[.,]/}) / 100000))e-1"
}

# The emulators take any credentials. The user's own must not be sent to them, nor ours to Amazon.
use_emulator_credentials() {
  unset AWS_PROFILE AWS_SESSION_TOKEN
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=$REGION
}

# limits ARGUMENT...: our command line tool; what it says beside its data is for people who call it themselves.
limits() {
  [ -x "$bin/limits" ] || die "$bin/limits is missing; build it: make build"
  "$bin/limits" --log-level error "$@"
}

# or_in_container SERVICE [ARGUMENT...]: where nothing is built but Docker is, becomes the compose file's service of that name.
or_in_container() {
  [ -x "$bin/limits" ] || ! command -v docker >/dev/null || exec docker compose -f docker/compose.yaml run --rm "$@"
}

# started_at PID: when the process started, in clock ticks since the machine did; fails if it is gone or a zombie.
# With the pid it names one process for good: pids come again.
started_at() {
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  set -- ${stat##*) }
  [ "$1" != Z ] && echo "${20}"
}

# recorded FILE: the pid that `record` wrote there, if that very process still runs.
recorded() {
  local pid start
  read -r pid start 2>/dev/null <"$1" || return 1
  [ "$(started_at "$pid")" = "$start" ] && echo "$pid"
}
record() { echo "$2 $(started_at "$2")" >"$1"; }

running() { recorded "$run/$1.pid" >/dev/null; }

# start_part NAME COMMAND...: in the background, in a session of its own, with its pid and log kept.
start_part() {
  local name=$1 pending=
  shift
  # A Ctrl-C between the start and its record would leave a process that nobody knows.
  trap 'pending=INT' INT
  trap 'pending=TERM' TERM
  setsid "$@" </dev/null >"$logs/$name.log" 2>&1 9>&- &
  record "$run/$name.pid" $!
  trap 'exit 130' INT
  trap 'exit 143' TERM
  [ -z "$pending" ] || kill -s "$pending" $$
}

# members PID: the processes of the session that PID leads.
members() {
  cat /proc/[0-9]*/stat 2>/dev/null | sed 's/ (.*) / /' | awk -v sid="$1" '$5 == sid && $2 != "Z" {print $1}'
}

# await SECONDS COMMAND...: until the command succeeds; fails when the time is over.
await() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}
ended() { [ -z "$(members "$1")" ]; }

# stop_parts NAME...: asks all of them to end, then waits for each one's whole session.
stop_parts() {
  local part pid
  local -A pids=()
  for part in "$@"; do
    pid=$(recorded "$run/$part.pid") || continue
    pids[$part]=$pid
    kill -TERM "$pid" 2>/dev/null || true # It may just have ended.
  done
  for part in "$@"; do
    [ -z "${pids[$part]-}" ] || step "stop $part" await_end "$part" "${pids[$part]}"
    rm -f "$run/$part.pid"
  done
}

# await_end NAME PID: what is left of its session after a minute is killed, and said.
await_end() {
  await 60 ended "$2" && return
  printf '\n%s: did not end within 60 s and was killed; its last words are in %s\n' "$1" "$logs/$1.log" >&2
  kill -KILL $(members "$2") 2>/dev/null
  await 5 ended "$2" || die "$1: process $2 cannot be killed"
}

# daemons: the parts that are daemons, daemon-1 first; each is a worker, of that name.
daemons() {
  local file
  for file in "$run"/daemon-*.pid; do
    [ ! -e "$file" ] || basename "$file" .pid
  done
}

# The order matters: while they end, the daemons checkpoint, and for that they need DynamoDB.
stop_stack() {
  stop_parts $(daemons) api
  stop_parts kinesis dynamodb
  rm -f "$run/ports" "$run/api.port"
}

KINESIS_PORT=${KINESIS_PORT:-4568}
DYNAMODB_PORT=${DYNAMODB_PORT:-8000}
# A stack that runs is on the ports it was started with, whatever the environment says now.
if running kinesis && [ -r "$run/ports" ]; then
  read -r KINESIS_PORT DYNAMODB_PORT <"$run/ports"
fi
API_PORT=${API_PORT:-8080}
if running api && [ -r "$run/api.port" ]; then
  read -r API_PORT <"$run/api.port"
fi
api_url=http://127.0.0.1:$API_PORT
kinesis_url=http://${KINESIS_HOST:-127.0.0.1}:$KINESIS_PORT
