#!/bin/sh
# Trials that do everything wrong: each becomes a failed attempt with its reason, and the study finishes.
# MISBEHAVE names the program of tests/worker/misbehave.c.
. "$(dirname "$0")/shell.sh"
: "${MISBEHAVE:?the path of the misbehave program}"

cat >trial.sh <<'TRIAL'
#!/bin/sh
case $1 in
good) echo '{"value": 1}' ;;
exits) echo "it went wrong" >&2; exit 7 ;;
segfaults) exec "$MISBEHAVE" signal 11 ;;
nonsense) echo 'accuracy: high' ;;
nan) echo '{"value": NaN}' ;;
silent) ;;
hangs) exec "$MISBEHAVE" hang ;;
grandchild) exec "$MISBEHAVE" grandchild ;;
reserved) echo '{"value": 1, "energy_j": 5}' ;;
esac
TRIAL
chmod +x trial.sh
cat >wrong.json <<STUDY
{
  "name": "wrong", "seed": 1,
  "trial": { "kind": "command", "argv": ["./trial.sh", "{mode}"], "cwd": ".", "timeout_s": 1.5, "grace_s": 0.2,
             "retries": 1, "env": { "MISBEHAVE": "$MISBEHAVE" } },
  "space": { "mode": { "type": "categorical", "values": ["good", "exits", "segfaults", "nonsense", "nan", "silent", "hangs",
                       "grandchild", "reserved"] } },
  "objectives": [ { "metric": "value", "goal": "maximize" } ],
  "strategies": [ "grid" ]
}
STUDY

expect 0 "$WATTUNE" run wrong.json --progress plain
expect 0 "$WATTUNE" trials wrong.db --format csv
# reason MODE TEXT: both attempts of that mode failed, for a reason that says TEXT.
reason() {
    python3 - "$1" "$2" <<'CHECK' || fail "mode $1: expected two failed attempts with '$2'"
import csv, sys
rows = [r for r in csv.DictReader(open("out")) if r["mode"] == sys.argv[1]]
assert len(rows) == 2 and all(r["state"] == "failed" for r in rows), rows
assert all(sys.argv[2] in r["reason"] for r in rows), rows
CHECK
    checks=$((checks + 1))
}
reason exits "7"
reason segfaults "signal 11"
reason nonsense "not JSON"
reason nan "not a finite number"
reason silent "nothing on WATTUNE_FD"
reason hangs "1.5 s"
reason reserved "energy_j"
equal "$(grep -c ',good,' out)" 1 "attempts of the good trial"
# A grandchild that hangs keeps nobody waiting, and is gone afterwards.
grep ',grandchild,' out >/dev/null || fail "the trial with a grandchild is missing"
pgrep -f "^$MISBEHAVE " >left && fail "processes are left: $(cat left)"

# Five failures from the start are a broken study, unless it is told to keep going.
sed 's/"good", //; s/"retries": 1/"retries": 0/' wrong.json >broken.json
expect 1 "$WATTUNE" run broken.json --db broken.db
says err "--keep-going"
expect 0 "$WATTUNE" status broken.db
says out "broken: the first five attempts have all failed; the last: "
expect 0 "$WATTUNE" run broken.json --db going.db --keep-going
equal "$("$WATTUNE" trials going.db --format csv | grep -c ',failed,')" 7 "failed attempts with --keep-going"
done_checking
