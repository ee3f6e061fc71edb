#!/bin/sh
# A study that starts from the trials of earlier ones, and is resumed when those are gone.
. "$(dirname "$0")/shell.sh"

# study NAME HIGH WARM: branin on a lattice, with simulated joules.
study() {
    cat <<STUDY
{ "name": "$1", "seed": 5, "warm_start": [$3],
  "trial": { "kind": "function", "function": "branin", "energy_j": 3 },
  "space": { "x": { "type": "integer", "low": -5, "high": $2 }, "y": { "type": "integer", "low": 0, "high": 15 } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ],
  "constraints": [ { "metric": "value", "at_least": 1 } ],
  "strategies": [ "random", "bayes", "grid" ],
  "budget": { "trials": 12 } }
STUDY
}

study old 10 "" >old.json
expect 0 "$WATTUNE" run old.json --progress none
study new 4 '"old.db"' >new.json
expect 0 "$WATTUNE" check new.json
says out "warm start"
says out "old.db (old): "
says out " of 36 complete trials are taken"
says out "no points of this space; the first is "
says out "their points are known, and not tried again"

expect 0 "$WATTUNE" run new.json --progress none
says err "warm start: the search begins with "
identity new.db >whole

# None of the earlier points is tried again, and they changed what is tried.
cat >known.py <<'PYTHON'
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
known = {tuple(sorted(json.loads(p).items())) for (p,) in db.execute("SELECT params FROM earlier_trial")}
tried = [tuple(sorted(json.loads(p).items())) for (p,) in db.execute("SELECT params FROM trial")]
assert len(known) >= 10 and len(tried) == 36, (len(known), len(tried))
assert not known & set(tried), known & set(tried)
assert db.execute("SELECT count(*) FROM earlier_value").fetchone()[0] >= len(known)
PYTHON
expect 0 python3 known.py new.db
study cold 4 "" >cold.json
expect 0 "$WATTUNE" run cold.json --progress none
identity cold.db >cold
! cmp -s whole cold || fail "the earlier trials changed nothing"

# Cut off after a few trials, and gone on with when the old database is another one, or none.
cut_off() {
    cp new.db cut.db
    expect 0 python3 - cut.db <<'PYTHON'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for table in "trial_value", "trial_constraint", "metric", "report", "attempt", "trial":
    db.execute(f"DELETE FROM {table} WHERE arm > 1 OR (arm = 1 AND trial >= 4)")
db.execute("UPDATE study SET state = 'interrupted', reason = 'a test'")
db.commit()
PYTHON
}
cut_off
mv old.db away.db
cp cold.db old.db
expect 0 "$WATTUNE" resume cut.db --progress none
identity cut.db | sed 's/cut/new/' >resumed
cmp -s whole resumed || fail "the study goes on otherwise when the old database has changed"
rm old.db
cut_off
expect 0 "$WATTUNE" resume cut.db --progress none
identity cut.db >resumed
cmp -s whole resumed || fail "the study goes on otherwise without the old database"

# Databases that cannot be read are mistakes of the study, all of them at once.
echo "no database" >text.db
mkdir folder.db
study bad 4 '"old.db", "text.db", "folder.db", "away.db"' >bad.json
expect 2 "$WATTUNE" run bad.json --progress none
says err "bad.json:1: warm_start[0]: "
says err "old.db: No such file or directory"
says err "warm_start[1]: "
says err "file is not a database"
says err "warm_start[2]: "
says err "not a file but a folder"
says err "3 databases of \"warm_start\" cannot be read"
[ ! -e bad.db ] || fail "a study with mistakes made a database"
python3 -c 'import sqlite3; sqlite3.connect("newer.db").executescript(
    "PRAGMA application_id = 0x57617474; PRAGMA user_version = 99; CREATE TABLE study (a)")'
study newer 4 '"newer.db"' >newer.json
expect 2 "$WATTUNE" check newer.json
says err "written by a newer Wattune (format 99"
if [ "$(id -u)" -ne 0 ]; then
    chmod 000 away.db
    study closed 4 '"away.db"' >closed.json
    expect 2 "$WATTUNE" check closed.json
    says err "warm_start[0]: "
    chmod 644 away.db
fi

# One that somebody writes to is read as it is; one of which nothing fits is told.
study busy 4 '"away.db"' >busy.json
expect 0 python3 - "$WATTUNE" <<'PYTHON'
import sqlite3, subprocess, sys
db = sqlite3.connect("away.db", isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("BEGIN IMMEDIATE")
db.execute("UPDATE trial SET state = 'failed'")
said = subprocess.run([sys.argv[1], "check", "busy.json"], capture_output=True, text=True)
assert said.returncode == 0 and " of 36 complete trials are taken" in said.stdout, said
db.execute("ROLLBACK")
PYTHON
study none 4 '"away.db"' | sed 's/"x": {/"z": {/; s/branin/branin/' >none.json
expect 0 "$WATTUNE" run none.json --progress none
says err "warm start: none of the 36 complete trials in away.db is taken"
expect 0 "$WATTUNE" check none.json
says out "parameters that neither this space nor \"settings\" has; the first is random.0.0: x"

# A space that earlier studies have exhausted leaves nothing to do.
sed 's/"high": 10/"high": -4/; s/"high": 15/"high": 2/' old.json | sed 's/"old"/"tiny"/' >tiny.json
expect 0 "$WATTUNE" run tiny.json --progress none --strategy grid
sed 's/"tiny"/"again"/; s/"warm_start": \[\]/"warm_start": ["tiny.db"]/' tiny.json >again.json
expect 0 "$WATTUNE" run again.json --progress none
expect 0 "$WATTUNE" trials again.db --format csv
equal "$(wc -l <out)" 1 "trials of a space that is known"

# Simulated runs start from them, too.
expect 0 "$WATTUNE" simulate busy.json --db simulated.db
says err "warm start: the search begins with "

done_checking
