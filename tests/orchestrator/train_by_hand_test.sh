#!/bin/sh
# What a person sees of a training, and that Ctrl-C loses nothing.
. "$(dirname "$0")/shell.sh"
unset WATTUNE_CHECKPOINT_DIR WATTUNE_CONTINUE_DIR WATTUNE_PARAMS WATTUNE_FD NO_COLOR

# Dashes do for underscores, and a switch needs no value.
small="--width 8 --train-limit 256 --val-limit 64 --batch-size 32 --augment-flip --augment-cutout 6 --schedule one_cycle"

# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $small --epochs 3 --nesterov true --test --batch_norm=false --progress plain --save run
equal "$(grep -c '/3 ' err)" 3 "lines of epochs"
says err "  epoch    train validate    train validate      rate        time   energy"
says out "  loss, validate       "
says out "resnet8, 19954 parameters: 3 epochs, in "
says out "  checkpoints   run/latest.ckpt (epoch 3), best.ckpt (epoch "
says out "wattune predict run IMAGE..."
says out "  test          accuracy 0."
[ -s run/best.ckpt ] || fail "there is no best checkpoint"
expect 0 "$WATTUNE" train --resume run --progress plain --epochs 4
says out "4 epochs, 1 of them now, in "
equal "$(grep -c '/4 ' err)" 2 "lines of epochs, the last one that was done told once more"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $small --epochs 1 --progress none
equal "$(cat err)" "" "what is told of the progress when none is wanted"
says out "none: --save DIR keeps the network"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $small --epochs 1 --progress json
equal "$(cut -c 1-18 out | tr '\n' ' ')" \
    '{"event":"phase"," {"event":"phase"," {"event":"phase"," {"event":"report", {"event":"result", ' "the lines of JSON"
# shellcheck disable=SC2086
expect 2 "$WATTUNE" train $small --test=maybe
says err "test: expected true or false"

# patience: a loss must fall by far more than it can.
# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $small --epochs 9 --patience 2 --patience_delta 9 --progress none
says out "3 epochs, in "
says out "early: no lower validation loss since epoch 1 (patience 2)"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $small --epochs 9 --patience 2 --patience_delta 9
says err "ended after epoch 3 of 9: no lower validation loss since epoch 1 (patience 2)"

# interrupted SIGNAL COMMAND...: send the signal when the second epoch is told: steps are being made then, whether the run
# has begun or goes on.
interrupted() {
    signal=$1
    shift
    mkfifo lines
    "$@" >lines 2>err &
    pid=$!
    reports=0
    while read -r line; do
        case $line in
        *'"event":"report"'*) reports=$((reports + 1)) ;;
        esac
        if [ "$reports" -eq 2 ]; then
            kill -"$signal" "$pid"
            reports=3
        fi
    done <lines
    wait "$pid"
    equal "$?" 3 "exit status after SIG$signal"
    rm lines
}

# A shell's background commands ignore SIGINT: SIGTERM does the same here.
many="--width 8 --train-limit 1600 --val-limit 300 --batch-size 32 --schedule constant --checkpoint_every 0 --dropout 0.1"
# shellcheck disable=SC2086
interrupted TERM "$WATTUNE" train $many --epochs 30 --save pieces
says err "wattune train: interrupted in epoch "
says err "go on with it: wattune train --resume pieces"
interrupted USR1 "$WATTUNE" train --resume pieces
epochs=$(sed -n 's/.*interrupted in epoch \([0-9]*\),.*/\1/p' err)
epochs=$((epochs + 1))
expect 0 "$WATTUNE" train --resume pieces --epochs "$epochs"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $many --epochs "$epochs" --save whole
[ "$(head -c -12 whole/latest.ckpt | cksum)" = "$(head -c -12 pieces/latest.ckpt | cksum)" ] || fail "the pieces differ"
# shellcheck disable=SC2086
interrupted TERM "$WATTUNE" train $many --epochs 30
says err "nothing was kept; with --save DIR it could go on"

# A checkpoint larger than a file may be is not written, and nothing is said to go on from.
# shellcheck disable=SC2086
expect 0 sh -c 'ulimit -f 4; exec "$@"' - "$WATTUNE" train $small --epochs 1 --progress none --save full
says err "full: cannot write a checkpoint"
says out "  checkpoints   none of this network in full"
if grep -q "wattune predict" out; then fail "a network that was not written is offered"; fi
# shellcheck disable=SC2086
interrupted TERM sh -c 'ulimit -f 4; exec "$@"' - "$WATTUNE" train $many --epochs 30 --save full
says err "this step was not kept, for no checkpoint could be written"
touch file
# shellcheck disable=SC2086
expect 2 "$WATTUNE" train $small --epochs 1 --save file
says err "--save: cannot make the folder 'file': File exists"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $small --epochs 1 --progress none --save "my run"
says out "  wattune train --resume 'my run' --epochs 2 "
# A finished training that leaves for another folder writes nothing there.
expect 0 "$WATTUNE" train --resume "my run" --progress none --save other
says out "  checkpoints   none of this network in other"

# On a terminal there is a line that is redrawn; Ctrl-C there is a SIGINT.
cat >terminal.py <<'PYTHON'
import os, pty, sys
interrupt, command = sys.argv[1] == "interrupt", sys.argv[2:]
child, fd = pty.fork()
if child == 0:
    os.execvp(command[0], command)
text = b""
while True:
    try:
        piece = os.read(fd, 65536)
    except OSError:
        break
    if not piece:
        break
    text += piece
    if interrupt and b"epoch 1/" in text:
        os.write(fd, b"\x03")
        interrupt = False
sys.stdout.buffer.write(text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
PYTHON
# shellcheck disable=SC2086
expect 0 python3 terminal.py watch "$WATTUNE" train $small --epochs 2
says out "loading the data, building the network"
says out "epoch 1/2 | train 1/8 | "
says out "  checkpoints   none: --save DIR keeps the network"
if grep -q event out; then fail "a person is shown lines of JSON"; fi
# shellcheck disable=SC2086
expect 3 python3 terminal.py interrupt "$WATTUNE" train $many --epochs 30 --save halted
says out "go on with it: wattune train --resume halted"
[ -s halted/latest.ckpt ] || fail "an interrupted training left no checkpoint"
done_checking
