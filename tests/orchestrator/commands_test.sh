#!/bin/sh
# The command line as a user meets it: help, mistakes, exit statuses, formats, files that cannot be written.
. "$(dirname "$0")/shell.sh"

cat >toy.json <<'STUDY'
{
  "name": "toy", "seed": 3,
  "trial": { "kind": "function", "function": "branin" },
  "space": { "x": { "type": "real", "low": -5, "high": 10, "grid": 3 },
             "y": { "type": "real", "low": 0, "high": 15, "grid": 3 } },
  "objectives": [ { "metric": "value", "goal": "minimize" }, { "metric": "energy_j", "goal": "minimize" } ],
  "strategies": [ "grid", "random", "bayes" ],
  "budget": { "trials": 9 }
}
STUDY

# Help for everything, on standard output, with an example.
commands="run resume check status trials pareto compare importance export footprint monitor ledger meters train"
expect 0 "$WATTUNE" --help
says out "usage: wattune COMMAND"
for command in $commands; do
    grep -q "^  $command " out || fail "--help does not list $command"
done
for command in $commands; do
    expect 0 "$WATTUNE" "$command" --help
    says out "example:"
done
expect 0 "$WATTUNE" --version
expect 0 env WATTUNE_LOG=loud "$WATTUNE" --version
says err "WATTUNE_LOG is 'loud'"
expect 2 "$WATTUNE"
expect 2 "$WATTUNE" rnu
says err "did you mean 'run'?"
expect 2 "$WATTUNE" run
expect 2 "$WATTUNE" run toy.json --strateyg grid
says err "did you mean --strategy?"

# A study with mistakes runs nothing and names all of them.
sed 's/"seed": 3/"seed": "three"/; s/"minimize" } ]/"smaller" } ]/' toy.json >bad.json
expect 2 "$WATTUNE" run bad.json
says err "bad.json:2: seed: expected a whole number"
says err "bad.json:6: objectives[1].goal: expected 'minimize' or 'maximize'"
[ ! -e toy.db ] || fail "a study with mistakes made a database"
expect 2 "$WATTUNE" check nothing.json
says err "nothing.json: cannot open"
expect 2 "$WATTUNE" run toy.json --strategy magic
expect 0 "$WATTUNE" check toy.json
says out "up to 9 trials"
for study in "$root"/examples/*.json; do
    expect 0 "$WATTUNE" check --no-forecast "$study"
done
expect 0 "$WATTUNE" check "$root/examples/quickstart.json"
says out "no trial was run"

# A run, and every way to look at it.
expect 0 "$WATTUNE" run toy.json --progress plain
[ -s toy.db ] || fail "the results are not in toy.db"
[ ! -s out ] || fail "a run writes to standard output"
cp toy.db first.db
expect 1 "$WATTUNE" run toy.json
says err "resume"
cmp -s toy.db first.db || fail "a refused run changed the results"
expect 0 "$WATTUNE" status toy.db
says out "27"
expect 0 "$WATTUNE" trials toy.db --format csv
equal "$(wc -l <out)" 28 "lines of the trials' CSV"
expect 0 "$WATTUNE" trials toy.db --format json -o trials.json
python3 -c 'import json, sys; d = json.load(open("trials.json"))' || fail "trials.json is not JSON"
expect 0 "$WATTUNE" pareto toy.db
expect 0 "$WATTUNE" compare toy.db
says out "bayes"
expect 0 "$WATTUNE" compare toy.db --target 5 --format csv
grep -q co2e out && fail "CO2 without a region"

# Which parameters matter: of every objective, of joules by their quality, of any figure.
expect 0 "$WATTUNE" importance toy.db
says out "value: single parameters make up"
says out "27 trials"
says out "Energy is estimated by"
expect 0 "$WATTUNE" importance toy.db --pairs --format json -o importance.json
python3 - <<'CHECK' || fail "importance.json"
import json
rows = json.load(open("importance.json"))["rows"]
assert len(rows) == 6, rows
assert {row["energy_quality"] for row in rows if row["metric"] == "energy_j"} == {"estimated"}
assert abs(sum(row["share"] for row in rows if row["metric"] == "value") - 1) < 1e-6
CHECK
expect 0 "$WATTUNE" importance toy.db --metric duration_s --format csv
equal "$(wc -l <out)" 3 "lines of the importance's CSV"
expect 1 "$WATTUNE" importance toy.db --metric recall
says err 'no complete trial of this study has a figure "recall"'
expect 1 "$WATTUNE" importance missing.db

# CO2: a region, a PUE, a series, and what is wrong with them.
expect 0 "$WATTUNE" trials toy.db --region nld --format csv
says out "NLD 2023: 267.6 g/kWh, PUE 1"
expect 0 "$WATTUNE" pareto toy.db --region FRA --pue 1.3
says out "56 g/kWh (FRA, mean of 2023; Our World in Data / Ember, CC BY 4.0), PUE 1.3"
expect 0 "$WATTUNE" compare toy.db --region POL
says out "CO2e, total"
expect 2 "$WATTUNE" compare toy.db --region PLO
says err "did you mean POL?"
expect 2 "$WATTUNE" trials toy.db --pue 1.3
expect 2 "$WATTUNE" trials toy.db --region NLD --pue 0.9
printf 'timestamp,g_per_kwh\n2020-01-01T00:00Z,100\n2099-01-01T00:00Z,200\n' >grid.csv
expect 0 "$WATTUNE" compare toy.db --intensity grid.csv
says out "grid.csv (100 to 200 g/kWh"
expect 2 "$WATTUNE" compare toy.db --intensity grid.csv --region NLD
printf 'timestamp,g_per_kwh\n2020-01-01T00:00Z,100\n2020-01-02T00:00Z,200\n' >grid.csv
expect 1 "$WATTUNE" trials toy.db --intensity grid.csv
says err "trial 0 of grid (repeat 0) ran from"
expect 1 "$WATTUNE" trials toy.db --intensity missing.csv
expect 0 "$WATTUNE" footprint toy.db --regions NLD,FRA,USA
says out "times the lowest"
expect 0 "$WATTUNE" footprint toy.db --format json -o places.json
python3 -c 'import json; assert len(json.load(open("places.json"))["rows"]) == 22' || fail "places.json"
expect 2 "$WATTUNE" footprint toy.db --regions NLD,XXX

# Joules of unequal provenance are not compared unless asked for.
cp toy.db mixed.db
python3 -c 'import sqlite3; d = sqlite3.connect("mixed.db"); d.execute("update attempt set energy_quality = \"measured\" where arm = 1"); d.commit()'
expect 1 "$WATTUNE" compare mixed.db
says err "grid estimated, random measured, bayes estimated"
[ ! -s out ] || fail "a refused comparison was shown"
expect 0 "$WATTUNE" compare mixed.db --force
says out "WARNING: the arms' joules are of unequal provenance"
expect 0 "$WATTUNE" export toy.db -o toy-export.json
python3 -c 'import json; json.load(open("toy-export.json"))' || fail "the export is not JSON"
expect 0 "$WATTUNE" resume toy.db
expect 0 "$WATTUNE" run toy.json --force --trials 2 --strategy random --progress json
equal "$("$WATTUNE" trials toy.db --format csv | wc -l)" 3 "lines after --force --trials 2"
python3 -c 'import json; [json.loads(l) for l in open("err") if l.startswith("{")]' || fail "progress is not JSON"

# Files that are not ours stay as they are.
echo "my notes" >notes.db
expect 1 "$WATTUNE" run toy.json --db notes.db
expect 1 "$WATTUNE" run toy.json --db notes.db --force
equal "$(cat notes.db)" "my notes" "a file that is no database"
expect 1 "$WATTUNE" trials notes.db
expect 1 "$WATTUNE" trials missing.db
expect 1 "$WATTUNE" run toy.json --db no/such/folder.db
echo old >kept.csv
expect 1 "$WATTUNE" trials missing.db --format csv -o kept.csv
equal "$(cat kept.csv)" old "an output file after a failure"
expect 1 "$WATTUNE" trials toy.db -o /no/such/folder/x
expect 1 "$WATTUNE" trials toy.db -o toy.db
says err "toy.db: a database, which is not written over"
expect 0 "$WATTUNE" status toy.db
if [ -w /dev/full ]; then
    expect 1 "$WATTUNE" trials toy.db --format csv -o /dev/full
    "$WATTUNE" trials toy.db --format csv >/dev/full 2>err && fail "a full disk is not noticed"
fi

# What a study requires and the machine does not have.
sed 's/"budget"/"energy": { "require": "measured" }, "budget"/' toy.json >measured.json
mkdir -p empty/proc
expect 4 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" run measured.json --db measured.db
[ ! -e measured.db ] || fail "a refused study made a database"
expect 4 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" check measured.json
cp toy.db kept.db
expect 4 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" run measured.json --db kept.db --force
cmp -s toy.db kept.db || fail "a refused study deleted the results of an earlier one"
sed 's/, { "metric": "energy_j", "goal": "minimize" }//' toy.json >unmetered.json
expect 0 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" run unmetered.json --db unmetered.db
expect 4 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" run toy.json --db unmeasured.db
says err "an objective of energy needs a meter"
expect 4 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" run unmetered.json --energy 9 --db unmeasured.db
says err "a budget of energy needs a meter"
expect 0 "$WATTUNE" meters
says out "powercap"

# The trainer goes by the seed that the study fixes before the trial's own.
small='"model": "lenet5", "train_limit": 64, "val_limit": 64, "epochs": 1'
expect 0 env WATTUNE_SEED=1 WATTUNE_PARAMS="{$small, \"seed\": 2}" "$WATTUNE" train
grep '"result"' out >fixed.txt
expect 0 "$WATTUNE" train --params "{$small, \"seed\": 2}"
grep '"result"' out | cmp -s - fixed.txt || fail "a seed among the settings is not the one that is used"
expect 0 env WATTUNE_SEED=1 WATTUNE_PARAMS="{$small}" "$WATTUNE" train
grep '"result"' out | cmp -s - fixed.txt && fail "another seed gave the same result"
done_checking
