#!/bin/sh
# Trials of the built-in trainer that are interrupted or killed go on from their checkpoints, come to what the straight run
# came to, and leave none behind when the study is done.
. "$(dirname "$0")/shell.sh"

cat >study.json <<'STUDY'
{
  "name": "toy", "seed": 3,
  "trial": { "kind": "cnn", "model": "resnet8", "retries": 1, "threads": 1, "grace_s": 0.1,
             "settings": { "width": 8, "train_limit": 256, "val_limit": 64, "batch_size": 32, "dropout": 0.2,
                           "epochs": 50 } },
  "space": { "learning_rate": { "type": "real", "low": 0.01, "high": 0.02, "grid": 1 } },
  "objectives": [ { "metric": "val_loss", "goal": "minimize" } ],
  "strategies": [ "grid" ]
}
STUDY

# begin DB COMMAND...: run the command in the background until the only trial has done two epochs; $pid is it.
begin() {
    db=$1
    shift
    "$@" >out 2>err &
    pid=$!
    for _ in $(seq 2000); do
        ! [ -e "$db-checkpoints/grid.0.0/before.ckpt" ] || return 0
        "$WATTUNE" status "$db" >/dev/null 2>&1 # which takes its time
    done
    fail "no second checkpoint came"
}

# ended STATUS: the command in the background ends so.
ended() {
    wait "$pid"
    equal "$?" "$1" "exit status of what ran in the background"
}

# went_on DB ATTEMPT: the attempt has told all epochs from a later one than the first to the last.
went_on() {
    expect 0 python3 - "$1" "$2" <<'QUERY'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    steps = [row[0] for row in db.execute("SELECT DISTINCT step FROM report WHERE attempt = ? ORDER BY step", sys.argv[2:])]
assert steps[0] >= 2 and steps == list(range(int(steps[0]), 51)), steps
QUERY
}

# like_whole DB: the trials are those of the run in one piece, and no checkpoint is left.
like_whole() {
    identity "$1" | cmp -s - whole.txt || fail "$1: the trials differ from those of the straight run"
    [ ! -e "$1-checkpoints" ] || fail "$1-checkpoints is left"
    checks=$((checks + 2))
}

expect 0 "$WATTUNE" run study.json --db whole.db
identity whole.db >whole.txt
equal "$(wc -l <whole.txt)" 1 "complete trials of the straight run"
like_whole whole.db

begin part.db "$WATTUNE" run study.json --db part.db
kill -INT "$pid"
ended 3
[ -s part.db-checkpoints/grid.0.0/before.ckpt ] || fail "no checkpoint is left to go on from"
expect 0 "$WATTUNE" resume part.db
like_whole part.db
went_on part.db 2

# The whole program is killed, then the trainer alone, which is tried again.
begin killed.db "$WATTUNE" run study.json --db killed.db
kill -KILL "$pid"
ended 137
rm killed.db-checkpoints/grid.0.0/before.ckpt # or it would be there at once
begin killed.db "$WATTUNE" resume killed.db
for child in $(cat "/proc/$pid/task/$pid/children"); do
    ! tr '\0' ' ' <"/proc/$child/cmdline" | grep -q ' train ' || kill -KILL "$child"
done
ended 0
like_whole killed.db
went_on killed.db 3
expect 0 "$WATTUNE" trials killed.db --format csv
equal "$(grep -c 'killed by signal 9' out)" 1 "attempts whose trainer was killed"
done_checking
