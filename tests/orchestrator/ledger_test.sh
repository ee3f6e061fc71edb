#!/bin/sh
# The books of a host from its ranks to the tables: they close in every stored row, and hold what the attempts hold; meters
# that run side by side are compared.
. "$(dirname "$0")/shell.sh"

program_study 4 "$burn" '"meters": [ "command", "model" ], "idle_w": 5' >toy.json
export WATTUNE_METER_COMMAND="while echo 50 W; do sleep 0.05; done"

# closes FILE.csv: in whole microjoules, which awk would round.
closes() {
    python3 - "$1" <<'CHECK' || fail "$1 does not close"
import csv, sys
parts = ["trials_uj", "trials_idle_uj", "waiting_uj", "search_uj", "orchestrator_uj", "other_uj", "unattributed_uj"]
rows = list(csv.DictReader(open(sys.argv[1])))
assert rows
for row in rows:
    assert int(row["metered_uj"]) > 0
    assert int(row["metered_uj"]) == sum(int(row[part]) for part in parts), row
CHECK
    checks=$((checks + 1))
}

# total FILE COLUMN: of a CSV of the ledger.
total() {
    python3 -c 'import csv, sys; print(sum(int(row[sys.argv[2]]) for row in csv.DictReader(open(sys.argv[1]))))' "$1" "$2"
}

expect 0 "$WATTUNE" run toy.json --db toy.db
expect 0 "$WATTUNE" ledger toy.db
says out "metered (integrated)"
says out "The parts sum to what was metered, to the microjoule."
says out "5.00 W, given by the site."
expect 0 "$WATTUNE" ledger toy.db --format csv -o host.csv
expect 0 "$WATTUNE" ledger toy.db --intervals --format csv -o intervals.csv
closes host.csv
closes intervals.csv
for column in metered_uj trials_uj trials_idle_uj intervals; do
    equal "$(total intervals.csv $column)" "$(total host.csv $column)" "$column of the intervals and of the host"
done

# No worker died, so what the books gave to trials is what the attempts have.
expect 0 "$WATTUNE" trials toy.db --format csv
booked=$(python3 -c '
import csv
print(round(1e6 * sum(float(row["energy_j"]) for row in csv.DictReader(open("out")))))')
equal "$(($(total host.csv trials_uj) + $(total host.csv trials_idle_uj)))" "$booked" "joules of trials in the books"

expect 0 "$WATTUNE" compare toy.db --meters
says out "Bias against command:while"
says out "attempts compared"
expect 0 "$WATTUNE" compare toy.db --meters --format csv
equal "$(cut -d, -f5 out | sort | uniq -c | tr -s ' ' | tr '\n' ';')" " 1 ; 4 grid; 1 strategy;" "rows of meters"
expect 2 "$WATTUNE" compare toy.db --meters --target 1
says err "--meters compares meters"
done_checking
