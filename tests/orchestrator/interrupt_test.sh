#!/bin/sh
# A study that is stopped in the middle, politely or not, is completed by `resume` with exactly the trials that it would
# have had, and a study that is run twice has the same trials.
. "$(dirname "$0")/shell.sh"

cat >toy.json <<'STUDY'
{
  "name": "toy", "seed": 5,
  "trial": { "kind": "function", "function": "branin", "duration_s": 0.02, "noise": 0.1 },
  "space": { "x": { "type": "real", "low": -5, "high": 10, "grid": 3 },
             "y": { "type": "real", "low": 0, "high": 15, "grid": 4 } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ],
  "strategies": [ "grid", "random", "bayes" ],
  "budget": { "trials": 12 }
}
STUDY

expect 0 "$WATTUNE" run toy.json --db whole.db
identity whole.db >whole.txt
equal "$(wc -l <whole.txt)" 36 "complete trials of the whole run"
expect 0 "$WATTUNE" run toy.json --db again.db
identity again.db | cmp -s - whole.txt || fail "the same study and seed gave other trials"
checks=$((checks + 1))

# interrupted SIGNAL COUNT DB COMMAND...: run the command and send it the signal after COUNT attempts have ended.
interrupted() {
    signal=$1 count=$2 db=$3
    shift 3
    mkfifo lines
    "$@" --progress json 2>lines >out &
    pid=$!
    ended=0
    while read -r line; do
        printf '%s\n' "$line" >>err
        case $line in
        *'"event":"ended"'*)
            ended=$((ended + 1))
            [ "$ended" -ne "$count" ] || kill "-$signal" "$pid"
            ;;
        esac
    done <lines
    wait "$pid"
    got=$?
    rm lines
    [ "$ended" -ge "$count" ] || fail "only $ended attempts ended before the study did"
}

# Politely: status 3, and the line that resumes.
for how in "INT 1" "HUP 7" "TERM 17" "INT 31"; do
    rm -f part.db* err
    # shellcheck disable=SC2086
    interrupted $how part.db "$WATTUNE" run toy.json --db part.db
    equal "$got" 3 "exit status after signal and count $how"
    says err "wattune resume part.db"
    expect 0 "$WATTUNE" resume part.db
    identity part.db | cmp -s - whole.txt || fail "resumed after $how, the trials differ"
    checks=$((checks + 1))
done
rm -f part.db* err
(trap '' HUP && interrupted HUP 3 part.db "$WATTUNE" run toy.json --db part.db && exit "$got")
equal "$?" 0 "exit status after SIGHUP under nohup"

# Impolitely, several times over: nothing that was finished is lost.
rm -f part.db* err
interrupted KILL 4 part.db "$WATTUNE" run toy.json --db part.db
equal "$got" 137 "exit status after SIGKILL"
for count in 5 6 7; do
    finished=$(identity part.db | wc -l)
    interrupted KILL "$count" part.db "$WATTUNE" resume part.db
    [ "$(identity part.db | wc -l)" -ge "$finished" ] || fail "finished trials were lost"
    equal "$got" 137 "exit status of a resume that was killed"
done
expect 0 "$WATTUNE" resume part.db
identity part.db | cmp -s - whole.txt || fail "resumed after four SIGKILLs, the trials differ"
expect 0 "$WATTUNE" resume part.db
identity part.db | cmp -s - whole.txt || fail "resuming a finished study changed it"

# The study file is not needed any more.
rm -f part.db* err
interrupted INT 9 part.db "$WATTUNE" run toy.json --db part.db
mv toy.json gone.json
expect 0 "$WATTUNE" resume part.db
identity part.db | cmp -s - whole.txt || fail "resumed without its file, the trials differ"

# A batch system signals the trials too: USR1 is a warning that they survive, TERM ends them, and neither is their failure.
for signal in USR1 TERM; do
    cat >batch.sh <<TRIAL
#!/bin/sh
if mkdir told-$signal 2>/dev/null; then
    kill -$signal \$PPID \$\$
fi
echo '{"value": 1}'
TRIAL
    chmod +x batch.sh
    cat >batch.json <<'STUDY'
{
  "trial": { "kind": "command", "argv": ["./batch.sh"], "cwd": "." },
  "space": { "x": { "type": "ordinal", "values": [1, 2, 3] } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ], "strategies": [ "grid" ]
}
STUDY
    rm -f batch.db*
    expect 3 "$WATTUNE" run batch.json
    expect 0 "$WATTUNE" resume batch.db
    "$WATTUNE" trials batch.db --format csv >out
    equal "$(grep -c ',complete,' out)" 3 "complete trials after $signal"
    equal "$(grep -c ',failed,' out)" 0 "failed attempts after $signal"
done

# A trial finds its own checkpoint again, and never one of another study.
cat >kept.json <<'STUDY'
{
  "name": "kept",
  "trial": { "kind": "command", "argv": ["./kept.sh"], "cwd": ".", "retries": 1 },
  "space": { "x": { "type": "real", "low": 0, "high": 1 } },
  "objectives": [ { "metric": "begins", "goal": "minimize" } ],
  "strategies": [ "random" ],
  "budget": { "trials": 2 }
}
STUDY
cat >kept.sh <<'TRIAL'
#!/bin/sh
echo >>"$WATTUNE_CHECKPOINT_DIR/begins"
n=$(wc -l <"$WATTUNE_CHECKPOINT_DIR/begins")
[ "$n" -gt 1 ] && echo "{\"begins\": $n}"
TRIAL
chmod +x kept.sh
for again in first second; do
    expect 0 "$WATTUNE" run kept.json --force
    equal "$("$WATTUNE" trials kept.db --format csv | grep -c ',complete,.*,2,')" 2 "trials of the $again run that began twice"
done
rm kept.db
expect 1 "$WATTUNE" run kept.json
says err "kept.db-checkpoints: holds checkpoints of an earlier study"
expect 0 "$WATTUNE" run kept.json --force
done_checking
