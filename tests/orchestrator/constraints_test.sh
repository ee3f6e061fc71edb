#!/bin/sh
# A study with constraints: what a program tells decides which of its trials can be the best.
. "$(dirname "$0")/shell.sh"

# The lowest value breaks the bound of the size, and x = 3 does not tell its size.
cat >trial.sh <<'TRIAL'
case $1 in
3) echo '{"value": 0}' ;;
*) echo "{\"value\": $1, \"size\": $((10 - $1))}" ;;
esac
TRIAL
cat >study.json <<'STUDY'
{ "name": "small", "seed": 2,
  "trial": { "kind": "command", "argv": [ "sh", "trial.sh", "{x}" ] },
  "space": { "x": { "type": "integer", "low": 1, "high": 6 } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ],
  "constraints": [ { "metric": "size", "at_most": 8, "at_least": 1 } ],
  "strategies": [ "grid" ] }
STUDY
expect 0 "$WATTUNE" check study.json
says out "size at least 1"
says out "size at most 8"
expect 0 "$WATTUNE" run study.json --progress plain
says err "grid.0.2 has no 'size', which a constraint is on: such trials do not count as feasible"
equal "$(grep -c "has no 'size'" err)" 1 "warnings of a missing metric"

# x = 1 is too large, x = 3 unknown: the best is x = 2.
expect 0 "$WATTUNE" status small.db
says out "best     value 2 (grid trial 1), 4 of 6 complete trials feasible"
expect 0 "$WATTUNE" trials small.db --format csv
equal "$(tr -d '\r' <out | sed 1d | awk -F, '{ print $NF }' | tr '\n' ' ')" "false true  true true true " "column feasible"
expect 0 "$WATTUNE" compare small.db
says out "size at least 1, size at most 8: 4 of 6 complete trials are feasible; of 1 it is not known"
expect 0 "$WATTUNE" compare small.db --format json
says out '"best":2,'
expect 0 "$WATTUNE" pareto small.db
says out "2 complete trials are not feasible and were left out."
expect 0 "$WATTUNE" export small.db -o small.json
says small.json '"constraints":[{"metric":"size","at_least":1},{"metric":"size","at_most":8}]'

# Recorded, and gone on with after a cut: the same trials are feasible.
expect 0 "$WATTUNE" export small.db -o small.csv
sed 's/"kind".*/"kind": "table", "path": "small.csv" },/; s/"small"/"replay"/' study.json >replay.json
expect 0 "$WATTUNE" check replay.json
expect 0 "$WATTUNE" run replay.json --progress none
expect 0 "$WATTUNE" status replay.db
says out "best     value 2 (grid trial 1), 4 of 6 complete trials feasible"
python3 -c 'import sqlite3
db = sqlite3.connect("replay.db")
for table in "trial_value", "trial_constraint", "metric", "attempt", "trial":
    db.execute(f"DELETE FROM {table} WHERE trial >= 3")
db.execute("UPDATE study SET state = \"interrupted\"")
db.commit()'
expect 0 "$WATTUNE" resume replay.db --progress none
expect 0 "$WATTUNE" status replay.db
says out "best     value 2 (grid trial 1), 4 of 6 complete trials feasible"
expect 0 "$WATTUNE" simulate replay.json --db simulated.db
says out "4 of 6 complete trials are feasible"

# A table without the column is a mistake of the study.
sed 's/"metric": "size"/"metric": "sise"/' replay.json >wrong.json
expect 2 "$WATTUNE" check wrong.json
says err "wrong.json:5: constraints[0].metric: this kind of trial reports no 'sise', did you mean 'size'?"
sed 's/"metric": "size", "at_most": 8, "at_least": 1/"metric": "energy_j", "at_most": 8/' study.json >joules.json
cut -d, -f1-10 small.csv >cut.csv
sed 's/"kind".*/"kind": "table", "path": "cut.csv" },/' joules.json >no-joules.json
expect 2 "$WATTUNE" check no-joules.json
says err "no-joules.json:5: constraints: the table of the trial has no column 'energy_j'"

# A constraint on joules needs a meter.
mkdir -p empty/proc
expect 4 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" run joules.json --db joules.db
says err "a constraint on energy needs a meter"
[ ! -e joules.db ] || fail "a refused study made a database"

# Nothing is feasible: there is no best, and the study ends well.
sed 's/"at_most": 8, "at_least": 1/"at_least": 50/; s/"small"/"none"/' study.json >none.json
expect 0 "$WATTUNE" run none.json --progress none
expect 0 "$WATTUNE" status none.db
says out "best     none: 0 of 6 complete trials feasible"
expect 0 "$WATTUNE" compare none.db
says out "No trial is feasible: there is no target."

done_checking
