#!/bin/sh
# The idle power of a host: measured in a quiet window, given by the site, or unknown with a reason.
# The machine is a made one whose processors rest, so that the test does not depend on what else runs on this one.
. "$(dirname "$0")/shell.sh"

mkdir -p quiet/proc blind/proc
printf 'cpu  100 0 100 5000 0 0 0 0 0 0\ncpu0 50 0 50 2500 0 0 0 0 0 0\ncpu1 50 0 50 2500 0 0 0 0 0 0\n' >quiet/proc/stat
export WATTUNE_METER_COMMAND="while echo 85 W; do sleep 0.05; done"
export WATTUNE_SYSROOT="$work/quiet"

# study ENERGY: a study whose trials take a fifth of a second.
study() {
    program_study 3 "sleep 0.2" "$1"
}

# columns FILE: idle joules, joules and seconds of each trial.
columns() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { print $at["energy_idle_j"], $at["energy_j"], $at["duration_s"] }' "$1"
}

# idle_is LOW HIGH DB: of each trial's mean power, so many watts are idle.
idle_is() {
    expect 0 "$WATTUNE" trials "$3" --format csv
    columns out | awk -v low="$1" -v high="$2" '{ w = $1 / $3; n++ } !(w >= low && w <= high && $1 <= $2) { bad++ }
        END { exit !(n == 3 && !bad) }' || fail "the idle power of $3 is not from $1 to $2 W"
    checks=$((checks + 1))
}

query() {
    python3 -c 'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute(sys.argv[2]), sep="\n")' "$1" "$2"
}

# idle_row DB SOURCE LOW HIGH: the one row of idle power that is stored.
idle_row() {
    equal "$(query "$1" "SELECT count(*), min(source = '$2' AND position = 0 AND power_w BETWEEN $3 AND $4),
        (SELECT count(*) FROM attempt WHERE energy_method LIKE '%idle%') FROM idle_power")" "(1, 1, 3)" \
        "the idle power of $1 as it is stored"
}

# Measured: nothing else ran, so all that the meter shows is idle.
study '"idle_window_s": 1' >measured.json
expect 0 "$WATTUNE" run measured.json --progress plain
says err "toy: quiet for 1 s, to measure the idle power"
equal "$(sed -n 2,3p err | cut -d'|' -f 1,2)" "toy: 1 arm, 1 worker
grid.0.0 complete | value 1 " "what is told after the window"
idle_is 60 110 toy.db
idle_row toy.db measured 60 110

# A study that is done has nothing to measure for.
expect 0 "$WATTUNE" resume toy.db
equal "$(cat err)" "done: the results are in toy.db; compare the strategies with 'wattune compare toy.db'" "a study that is done"
idle_row toy.db measured 60 110

# Given: no window, and the environment goes before the study.
study '"idle_w": 40' >given.json
expect 0 "$WATTUNE" run given.json --force
grep -q "quiet" err && fail "a window though the watts are given"
idle_is 30 50 toy.db
expect 0 env WATTUNE_IDLE_W=20 "$WATTUNE" run given.json --force
idle_is 15 25 toy.db
idle_row toy.db site 20 20
expect 4 env WATTUNE_IDLE_W="20 W" "$WATTUNE" run given.json --db none.db
says err 'WATTUNE_IDLE_W is "20 W", which is no idle power'
[ ! -e none.db ] || fail "a database was made"

# Switched off, and where nobody can say whether the machine was quiet: unknown, and said.
study '"idle_window_s": 0' >off.json
expect 0 "$WATTUNE" run off.json --force
grep -qE "quiet|idle power" err && fail "a window that was switched off"
idle_is 0 0 toy.db
WATTUNE_SYSROOT="$work/blind" expect 0 "$WATTUNE" run measured.json --force
says err "the idle power by command:while is unknown"
says err "/proc/stat does not say whether it was quiet"
says err "WATTUNE_IDLE_W"
idle_is 0 0 toy.db
equal "$(query toy.db 'SELECT source, power_w IS NULL FROM idle_power')" "('unknown', 1)" "an unknown idle power"

# A meter beside the booked one that lacks its idle power is named, and the site's watts would not be its own.
mkdir -p busy/proc
cp quiet/proc/stat busy/proc/stat
ticks=100
while [ -d "$work/busy" ]; do # gone with the test
    ticks=$((ticks + 100))
    sed "s/^cpu0 50/cpu0 $ticks/; s/^cpu  100/cpu  $ticks/" quiet/proc/stat >busy/next && mv busy/next busy/proc/stat
done &
burner=$!
study '"meters": [ "model", "command" ], "model": { "idle_w": 0.5, "max_w": 2 }' >beside.json
WATTUNE_SYSROOT="$work/busy" expect 0 "$WATTUNE" run beside.json --force
kill $burner
wait $burner 2>/dev/null
says err "the idle power by command:while is unknown"
grep -qE "model|WATTUNE_IDLE_W" err && fail "a warning about the meter that knows its idle power"

# A meter that fell silent, and watts that nobody can use.
expect 0 env WATTUNE_METER_COMMAND="echo 85 W" "$WATTUNE" run measured.json --force
says err "the idle power by command:echo is unknown"
says err "its figure moved 0 times"
study '"meters": [ "reported" ], "idle_w": 40' | sed 's/{x}}}/{x}, \\"energy_j\\": 7}}/' >useless.json
expect 0 "$WATTUNE" run useless.json --force
says err "the idle power of 40 W that was given is not used: no meter of packages, memory or the node is booked"

# A study that goes on measures anew: the machine may be another, or in another state.
study '"idle_window_s": 1' | sed 's/sleep 0.2/[ {x} -ne 2 ] || kill -INT $PPID; sleep 0.2/' >stopped.json
expect 3 "$WATTUNE" run stopped.json --force
equal "$(query toy.db 'SELECT count(*) FROM idle_power')" "(1,)" "the figures of a study that was stopped"
expect 0 "$WATTUNE" resume toy.db
equal "$(query toy.db 'SELECT count(*), count(DISTINCT opened_at_us), min(source) FROM idle_power')" "(2, 2, 'measured')" \
    "the figures of a study that went on"
idle_is 60 110 toy.db

# A meter that knows its idle power, and joules that are simulated, are not kept waiting.
study '"meters": [ "model" ], "model": { "idle_w": 0.5, "max_w": 2 }' >model.json
cp quiet/proc/stat blind/proc/stat
expect 0 "$WATTUNE" run model.json --force
grep -q "quiet" err && fail "a window for a meter that knows its idle power"
expect 0 "$WATTUNE" trials toy.db --format csv
says out "model:site"
idle_is 0.8 1.2 toy.db
idle_row toy.db meter 1 1
expect 0 "$WATTUNE" check given.json --no-forecast
says out "idle power: 40 W, given by the site"
expect 0 "$WATTUNE" check measured.json --no-forecast
says out "idle power: measured in a quiet window of 1 s before the first trial"
expect 0 env WATTUNE_IDLE_W=20 "$WATTUNE" meters
says out "Idle power of what is booked: 20 W (WATTUNE_IDLE_W)"
done_checking
