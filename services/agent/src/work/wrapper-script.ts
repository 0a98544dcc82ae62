/**
 * The small program between the agent and a script: POSIX sh, because it weighs a megabyte and lives on when the agent dies. It
 *
 * 1. waits on its standard input for "go"; when the agent dies before, nothing runs;
 * 2. makes its mark (renames `mark.slot` to `mark`): from here on the script counts as run;
 * 3. runs the script in a session of its own (and in its control group, if there is one), copying stdout and stderr from pipes into files up to
 *    the quota. Pipes and not the files themselves: `echo x > /dev/stderr` would cut a file to nothing;
 * 4. ends it when its time is over (SIGALRM from a ticker) or when it is cancelled (SIGTERM to the wrapper): SIGTERM to all of it, SIGKILL
 *    five seconds later. Whether the agent lives does not matter;
 * 5. when the script and whoever holds its output have ended, renames `exit.slot` to `exit.<code>`.
 *
 * All that it says it says by renaming files which the agent made before: that works on a full disk too. Only the parent may signal the
 * script's group: until it has waited for the script, the number cannot belong to anybody else.
 */
export const wrapperScript = `#!/bin/sh
# muster-agent's wrapper. Arguments: folder, seconds, quota in bytes, copier (stdbuf or head), control group or "", working directory, command...
set -u
folder=$1 seconds=$2 quota=$3 copier=$4 group=$5 workdir=$6
shift 6
cd "$folder" || exit 70
mkfifo stdout.pipe stderr.pipe || exit 71

IFS= read -r word || exit 0
[ "$word" = go ] || exit 0

why= stage=0 woken=0 child= early= tickers=

to_all() {
  kill -s "$1" -- "-$child" 2>/dev/null || kill -s "$1" "$child" 2>/dev/null
  [ -n "$group" ] || return 0
  if [ "$1" = KILL ] && [ -e "$group/cgroup.kill" ]; then
    echo 1 >"$group/cgroup.kill" 2>/dev/null
  else
    while read -r pid; do kill -s "$1" "$pid" 2>/dev/null; done <"$group/cgroup.procs"
  fi
}

end_it() {
  woken=1
  [ -n "$child" ] || {
    early=$1
    return 0
  }
  stage=$((stage + 1))
  if [ "$stage" = 1 ]; then
    why=$1
    mv "$why.slot" "$why" 2>/dev/null
    to_all TERM
    tick 5
  else
    to_all KILL
  fi
}

# Sends SIGALRM after so many seconds and then every five, as long as this wrapper is its parent.
tick() {
  setsid sh -c 'sleep "$1"; while read -r _ _ _ parent _ </proc/self/stat && [ "$parent" = "$0" ] && kill -ALRM "$0"; do sleep 5; done' $$ "$1" &
  tickers="$tickers $!"
}

keep() {
  # Unbuffered where that can be had: what a script says is seen when it says it.
  if [ "$copier" = stdbuf ]; then
    stdbuf -o0 head -c "$quota" || mv "$1.slot" "$1.lost"
  else
    head -c "$quota" || mv "$1.slot" "$1.lost"
  fi
  # Whoever writes more must neither wait nor die.
  exec cat >/dev/null
}

script() {
  [ -z "$group" ] || echo 0 2>/dev/null >"$group/cgroup.procs"
  cd "$workdir" 2>/dev/null || {
    echo "muster-agent: cannot enter the working directory $workdir" >&2
    exit 1
  }
  exec setsid "$@"
}

trap 'end_it cancelled' TERM
trap 'end_it timed-out' ALRM
mv mark.slot mark || exit 72
exec </dev/null
keep stdout <stdout.pipe >>stdout &
out=$!
keep stderr <stderr.pipe >>stderr &
err=$!
script "$@" >stdout.pipe 2>stderr.pipe &
child=$!
tick "$seconds"
[ -z "$early" ] || end_it "$early"

# A wait that a signal woke says nothing about the process: it is waited for again.
while :; do
  woken=0
  wait "$child"
  status=$?
  [ "$status" = 127 ] && [ -n "\${code-}" ] || code=$status
  [ "$woken" = 0 ] && break
done

# What still holds the output belongs to the command, until it was killed once without ending.
for copy in "$out" "$err"; do
  while [ "$stage" -lt 3 ]; do
    woken=0
    wait "$copy"
    [ "$woken" = 0 ] && break
  done
done

trap '' TERM ALRM
for ticker in $tickers; do
  kill -s KILL -- "-$ticker" 2>/dev/null || kill -s KILL "$ticker" 2>/dev/null
done
mv exit.slot "exit.$code"
`;
