#!/bin/sh
# What trials used while they ran, seen from outside: while they run, after a kill, and after the end.
. "$(dirname "$0")/shell.sh"
export WATTUNE

# The trial looks into the database itself until its samples are there; then it kills the study, and at its second
# attempt it ends well.
cat >trial.sh <<'TRIAL'
# await N: until more than so many lines of samples are there.
await() {
    for _ in $(seq 1000); do
        [ "$("$WATTUNE" monitor study.db --samples --format csv | wc -l)" -le "$1" ] || return
    done
}
if [ -e lines ]; then
    await $(($(cat lines) + 2))
    echo '{"value": 1}'
    exit
fi
await 3
"$WATTUNE" status study.db >seen
"$WATTUNE" monitor study.db --samples --format csv | wc -l >lines
kill -9 $PPID
TRIAL
cat >study.json <<'STUDY'
{
  "monitor": { "interval_s": 0.1 },
  "trial": { "kind": "command", "argv": [ "sh", "trial.sh" ] },
  "space": { "x": { "type": "real", "low": 1, "high": 4, "grid": 1 } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ],
  "strategies": [ "grid" ],
  "budget": { "trials": 1 }
}
STUDY

# A killed study has lost its last batch of samples at most, and a resumed one adds to what is there.
expect 137 "$WATTUNE" run study.json
says seen "lately"
says seen "cores"
expect 0 "$WATTUNE" monitor study.db --samples --format csv -o killed.csv
[ "$(wc -l <killed.csv)" -gt 3 ] || fail "the killed attempt has no samples"
expect 0 "$WATTUNE" resume study.db
expect 0 "$WATTUNE" monitor study.db --samples --format csv -o resumed.csv
head -n "$(wc -l <killed.csv)" resumed.csv | cmp -s - killed.csv || fail "the samples of the killed attempt have changed"
checks=$((checks + 2))

# The samples of an attempt add up to what was booked to it, and its time goes up.
expect 0 "$WATTUNE" trials study.db --format json -o trials.json
expect 0 "$WATTUNE" monitor study.db --samples --format json -o samples.json
expect 0 python3 - <<'CHECK'
import json
attempt = [r for r in json.load(open("trials.json"))["rows"] if r["attempt"] == 2][0]
samples = [r for r in json.load(open("samples.json"))["rows"] if r["attempt"] == 2]
assert len(samples) > 1
times = [s["time_s"] for s in samples]
assert times == sorted(set(times)), times
for column, total in (("power_w", attempt["energy_j"]), ("cores", attempt["cpu_s"])):
    if total is not None:
        booked = sum(s[column] * s["length_s"] for s in samples)
        assert abs(booked - total) < 1e-3 * total + 1e-4, (column, booked, total)
assert max(s["memory_mb"] or 0 for s in samples) > 0.1
CHECK

# A summary, and a trial drawn over its time; no colour but on a terminal.
expect 0 "$WATTUNE" monitor study.db
says out "grid.0.0#2"
says out "over time"
expect 0 "$WATTUNE" monitor study.db --trial grid.0.0
says out "grid.0.0#2: complete"
says out "cores"
grep -q "$(printf '\033')" out && fail "colour in a file"
expect 1 "$WATTUNE" monitor study.db --trial grid.0.7
says err "no trial 'grid.0.7'"
expect 2 "$WATTUNE" monitor study.db --trial 7
says err "STRATEGY.REPEAT.NUMBER"

# What is not watched is said to be so, and what is known of it is shown all the same.
echo "echo '{\"value\": 1}'" >short.sh
sed 's/"interval_s": 0.1/"interval_s": 0/; s/trial.sh/short.sh/' study.json >off.json
expect 0 "$WATTUNE" run off.json
expect 0 "$WATTUNE" monitor off.db
says out '1 of 1 attempts have no samples (the study says "monitor": {"interval_s": 0})'
says out "grid.0.0"
expect 0 "$WATTUNE" monitor off.db --samples --format csv
equal "$(wc -l <out)" 1 "lines of a table without samples"
sed 's/"trial": {.*/"trial": { "kind": "function", "function": "sphere" },/' study.json >function.json
expect 0 "$WATTUNE" run function.json
expect 0 "$WATTUNE" monitor function.db
says out 'no samples (trials of the kind "function" run inside the worker)'

done_checking
