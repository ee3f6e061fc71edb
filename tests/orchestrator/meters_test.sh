#!/bin/sh
# Meters as a user meets them: what `wattune meters` tells, and what a study makes of the site's own program.
. "$(dirname "$0")/shell.sh"

program_study 4 "$burn" "" >toy.json
mkdir -p empty/proc

# column FILE NAME: the values of a column of a CSV whose cells hold no commas.
column() {
    awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next } { print $c }' "$1"
}

expect 0 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" meters
for meter in command cray nvml powercap perf hwmon battery model; do
    says out "$(printf '%-10s absent' $meter)"
done
says out "reported   by name"
expect 1 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" meters --watch
says err "nothing can be measured here"
export WATTUNE_METER_COMMAND="while echo 5 W; do sleep 0.1; done"
"$WATTUNE" meters --watch 2>err | head -n 1 >out
says out "node       5.00 W over "
says out "(integrated)"

# The site's program is booked, and no trial takes it along when it ends.
expect 0 "$WATTUNE" run toy.json --db watts.db
expect 0 "$WATTUNE" trials watts.db --format csv
equal "$(column out energy_quality | sort | uniq -c | tr -s ' ')" " 4 integrated" "the quality of four trials"
equal "$(column out energy_meters | sort -u)" "command:while" "the meters"
column out energy_j | awk '!($1 > 0) { exit 1 }' || fail "a trial without energy"

# Side by side: the first named is booked, what covers the same runs beside it.
program_study 4 "$burn" '"meters": [ "command", "model" ]' >beside.json
expect 0 "$WATTUNE" check beside.json
says out "command:while (integrated)"
says out "beside it model:"
expect 0 "$WATTUNE" run beside.json --db beside.db
expect 0 "$WATTUNE" trials beside.db --format csv
equal "$(column out energy_meters | sort -u)" "command:while" "what is booked"

# A program that has ended leaves no figure, and never 0 J.
export WATTUNE_METER_COMMAND="echo 5 W"
expect 0 "$WATTUNE" run toy.json --db ended.db
expect 0 "$WATTUNE" trials ended.db --format csv
equal "$(column out energy_quality | sort -u)" "none" "the quality without a meter"
equal "$(column out energy_j | sort -u)" "" "the joules without a meter"

# What a study names must be there.
unset WATTUNE_METER_COMMAND
program_study 4 "$burn" '"meters": [ "command" ]' >named.json
expect 4 "$WATTUNE" run named.json --db named.db
says err "the meter command is absent here: WATTUNE_METER_COMMAND is not set"

# The trial's own joules are taken where the study names that meter, and refused elsewhere.
cat >own.json <<'STUDY'
{
  "name": "own",
  "trial": { "kind": "command", "argv": [ "sh", "-c", "echo '{{\"value\": {x}, \"energy_j\": {x}.5}}'" ] },
  "space": { "x": { "type": "integer", "low": 1, "high": 3 } },
  "objectives": [ { "metric": "value", "goal": "maximize" }, { "metric": "energy_j", "goal": "minimize" } ],
  "strategies": [ "grid" ],
  "energy": { "meters": [ "reported" ], "require": "reported" }
}
STUDY
expect 0 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" run own.json --db own.db
expect 0 "$WATTUNE" trials own.db --format csv
equal "$(column out energy_j | sort | tr '\n' ' ')" "1.5 2.5 3.5 " "the trials' own joules"
equal "$(column out energy_quality | sort -u)" "reported" "the quality of the trials' own joules"
equal "$(column out energy_meters | sort -u)" "reported:trial" "the meter of the trials' own joules"
sed 's/"reported" \], "require": "reported"/"model" ]/' own.json >refused.json
expect 1 "$WATTUNE" run refused.json --db refused.db
says err "the name 'energy_j' is reserved for what Wattune measures"
done_checking
