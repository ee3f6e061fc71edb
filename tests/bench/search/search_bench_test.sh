#!/bin/sh
# The quick form of the benchmark, with a driver of another program beside the strategies, and the driver of Optuna with a
# stand-in for Optuna. Asserts that everything is printed, and nothing of how good or how fast it is.
set -eu
cd "$(dirname "$0")"
bench=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "FAILED: $*"
    for file in out err; do
        [ ! -f $file ] || sed "s/^/$file: /" $file
    done
    exit 1
}

has() {
    grep -qE -- "$1" "$2" || fail "no line of $2 is like '$1'"
}

# A driver that always proposes the same point of branin, and gives up on other spaces.
cat >driver.sh <<'DRIVER'
echo '{"ready": "a driver of sh"}'
while read -r line; do
    case $line in
    *begin*branin*) answer='{"point": {"x1": 1, "x2": 2}, "cpu_s": 0.001}' ;;
    *begin*) answer='{"error": "this driver knows branin alone"}' ;;
    *ask*) echo "$answer" ;;
    esac
done
DRIVER

"$SEARCH_BENCH" --quick --external "steady=sh driver.sh" --external "absent=echo '{\"error\": \"not installed\"}'" \
    --csv race.csv >out 2>err || fail "the quick form ends with $?"
for problem in branin wells branches noisy6 boost zdt1 switches15; do
    has "^$problem: .*3 seeds" out
done
has '^random +100 ' out
has '^steady .*0\.016' out
has '^bayes +tpe +[0-9]' out
has '^branin +bayes ' out
has 'joules to where random search ends' out
has 'Optuna was not raced' out
has 'absent: not installed' err
has 'wells: not raced: steady: this driver knows branin alone' err
[ "$(grep -c '^branin,steady,2,1,trials,16,' race.csv)" -eq 16 ] || fail "race.csv"

# The same race from the file: nothing of it runs again.
"$SEARCH_BENCH" --quick --parts race --strategies none --problems branin,zdt1 --earlier race.csv >again 2>err ||
    fail "the earlier race ends with $?"
for table in branin zdt1; do
    [ "$(sed -n "/^$table:/,/^\$/p" out | grep -v steady)" = "$(sed -n "/^$table:/,/^\$/p" again | grep -v steady)" ] ||
        fail "$table is not the same from the file"
done
! grep -q seed err || fail "something ran again"

# The driver of Optuna.
mkdir stand_in
cat >stand_in/optuna.py <<'OPTUNA'
"""Proposes the middle of everything, and wants to be told every trial once."""
import types


class Trial:
    def __init__(self, number):
        self.number = number

    def suggest_float(self, name, low, high, log=False):
        return (low * high) ** 0.5 if log else (low + high) / 2

    def suggest_int(self, name, low, high, log=False, step=1):
        return low + (high - low) // step // 2 * step

    def suggest_categorical(self, name, values):
        return values[len(values) // 2]


class Study:
    def __init__(self, directions):
        self.open, self.n, self.directions = set(), 0, directions

    def ask(self):
        self.n += 1
        self.open.add(self.n)
        return Trial(self.n)

    def tell(self, trial, values=None, state=None):
        assert values is None or len(values) == len(self.directions)
        self.open.remove(trial.number)


__version__ = "0.0"
create_study = lambda directions, sampler: Study(directions)
samplers = types.SimpleNamespace(TPESampler=lambda **options: None)
trial = types.SimpleNamespace(TrialState=types.SimpleNamespace(FAIL="fail"))
logging = types.SimpleNamespace(set_verbosity=lambda level: None, ERROR=0)
OPTUNA
PYTHONPATH=$work/stand_in "$SEARCH_BENCH" --parts race --strategies none --trials 4 --seeds 2 --workers 2 --csv race.csv \
    --external "optuna-tpe=python3 '$bench/optuna_driver.py' --sampler tpe" >out 2>err || fail "the driver ends with $?"
! grep -q 'not raced' err || fail "the driver cannot do every problem"
problems=$(cut -d, -f1 race.csv | sort -u | grep -cv '^problem$')
[ "$problems" -eq "$(grep -c ': .*seeds' out)" ] && [ "$problems" -ge 20 ] || fail "$problems problems"
# On learning curves a run is counted in joules.
[ "$(grep -cvE '^(problem|curves|cnn_epochs),' race.csv)" -eq $(((problems - 2) * 4 * 2)) ] || fail "the trials of race.csv"
mkdir empty
printf 'raise ImportError("no", name="optuna")\n' >empty/optuna.py
PYTHONPATH=$work/empty "$SEARCH_BENCH" --parts race --problems branin --strategies random --seeds 1 \
    --optuna python3 >out 2>err || fail "without Optuna it ends with $?"
has 'not raced: optuna-gp: optuna is not installed' err

# Mistakes.
! "$SEARCH_BENCH" --turtles 3 >out 2>err || fail "--turtles is taken"
has "no option '--turtles'" err
! "$SEARCH_BENCH" --strategies random --quick >out 2>err || fail "bayes is judged without being there"
has "^search_bench: --judge: 'bayes'" err
"$SEARCH_BENCH" --help | grep -q -- --external || fail "--help"
echo "search_bench: ok"
