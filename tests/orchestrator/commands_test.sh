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
expect 0 "$WATTUNE" --help
says out "usage: wattune COMMAND"
for command in run resume check status trials pareto compare export meters train; do
    grep -q "^  $command " out || fail "--help does not list $command"
done
for command in run resume check status trials pareto compare export meters train; do
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
