#!/bin/sh
# Training by hand: a run that was killed, or finished and is given more epochs, goes on to the last bit as if it had
# never stopped.
. "$(dirname "$0")/shell.sh"
unset WATTUNE_CHECKPOINT_DIR WATTUNE_CONTINUE_DIR WATTUNE_PARAMS

small="--model resnet8 --width 8 --dropout 0.2 --augment_flip true --train_limit 256 --val_limit 64 --batch_size 32"

# killed_at EPOCH COMMAND...: run the command, and kill it when it has told of that epoch.
killed_at() {
    epoch=$1
    shift
    mkfifo lines
    "$@" >lines &
    pid=$!
    while read -r line; do
        case $line in
        *'"event":"report","epoch":'"$epoch,"*) kill -KILL "$pid" ;;
        esac
    done <lines
    wait "$pid"
    equal "$?" 137 "exit status of a run that was killed at epoch $epoch"
    rm lines
}

# same A B: the latest checkpoints of two folders are those of equal trainings: equal but for the speed of the last epoch
# and the checksum, which stand last.
same() {
    [ "$(head -c -12 "$1/latest.ckpt" | cksum)" = "$(head -c -12 "$2/latest.ckpt" | cksum)" ] || fail "$1 and $2 differ"
    checks=$((checks + 1))
}

# losses FILE: what the epochs in it came to, each once.
losses() {
    grep '"event":"re' "$1" | sed 's/,"images_per_s":[^,}]*//' | sort -u
}

# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $small --epochs 40 --save whole
losses out >whole.txt
equal "$(grep -c '"event":"report"' whole.txt)" 40 "epochs that were told"
# shellcheck disable=SC2086
killed_at 3 "$WATTUNE" train $small --epochs 40 --save pieces
killed_at 9 "$WATTUNE" train --resume pieces
expect 0 "$WATTUNE" train --resume pieces
losses out >rest.txt
equal "$(grep -vxFf whole.txt rest.txt)" "" "what only the pieces told"
equal "$(tail -n 1 rest.txt)" "$(tail -n 1 whole.txt)" "the result"
same whole pieces

# Numbers that the processor does not know are refused before anything is looked for.
expect 1 env DNNL_MAX_CPU_ISA=AVX2 "$WATTUNE" train --precision bf16 --dataset_format cifar10 --dataset_path nowhere
says err "precision bf16: this processor has no instructions for it"
says err "train with precision fp32"

# From a single file into another folder; what is in the way is not replaced.
cp whole/before.ckpt kept.ckpt
expect 0 "$WATTUNE" train --resume kept.ckpt --save other
same whole other
# shellcheck disable=SC2086
expect 2 "$WATTUNE" train $small --save whole
says err "'whole' holds checkpoints of an earlier training"
says err "--resume whole"
expect 2 "$WATTUNE" train --resume kept.ckpt --save whole
# shellcheck disable=SC2086
expect 2 "$WATTUNE" train $small --save kept.ckpt/below
says err "cannot make the folder 'kept.ckpt/below': Not a directory"

# More epochs; other settings; no checkpoint; a bad one, and the one before it.
# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $small --schedule constant --epochs 6 --save six
# shellcheck disable=SC2086
expect 0 "$WATTUNE" train $small --schedule constant --epochs 2 --save more
expect 0 "$WATTUNE" train --resume more/ --epochs 6
same six more
expect 0 env DNNL_MAX_CPU_ISA=SSE41 "$WATTUNE" train --resume six --save slow --epochs 7 # kernels with other formats
equal "$(grep -o '"epoch":[0-9]*' out | tr '\n' ' ')" '"epoch":6 "epoch":7 ' "epochs on another type of processor"
expect 1 "$WATTUNE" train --resume six --precision bf16
says err 'was trained with precision "fp32", this run has "bf16"'
expect 1 "$WATTUNE" train --resume six --learning_rate 0.3
says err "six/latest.ckpt: was trained with learning_rate 0.05, this run has 0.3"
expect 1 "$WATTUNE" train --resume six --epochs 5
says err "has 6 epochs done, this run is to have 5"
expect 2 "$WATTUNE" train --resume nowhere
says err "nowhere: there is no checkpoint"
head -c 5000 six/latest.ckpt >cut && mv cut six/latest.ckpt
expect 0 "$WATTUNE" train --resume six
says err "six/latest.ckpt: is cut short or damaged: its body has 4972 bytes of"
says err "the checkpoint before it is used"
same more six

# A trial finds its own checkpoints; one that is stopped leaves one; one that continues another takes over its seed.
settings='{"model": "resnet8", "width": 8, "train_limit": 128, "val_limit": 64, "batch_size": 32, "schedule": "constant"'
# trial SEED EPOCHS DIR [COMMAND...]: train as the trial of a worker.
trial() {
    seed=$1 epochs=$2 dir=$3
    shift 3
    mkdir -p "$dir"
    expect 0 env WATTUNE_PARAMS="$settings, \"epochs\": $epochs}" WATTUNE_SEED="$seed" WATTUNE_CHECKPOINT_DIR="$dir" "$@" \
        "$WATTUNE" train
}
trial 1 4 straight
losses out >straight.txt
echo stop >stop
trial 1 4 trial WATTUNE_CONTROL_FD=4 4<stop
equal "$(grep -c '"event":"report"' out)" 1 "epochs of a trial that was stopped"
trial 1 2 trial
equal "$(grep -o '"epoch":[0-9]*' out | tr '\n' ' ')" '"epoch":1 "epoch":2 ' "epochs of a trial that was tried again"
trial 7 4 promoted WATTUNE_CONTINUE_DIR="$work/trial"
equal "$(grep -o '"epoch":[0-9]*' out | tr '\n' ' ')" '"epoch":3 "epoch":4 ' "epochs of a trial that continues another"
losses out >promoted.txt
equal "$(grep -vxFf straight.txt promoted.txt)" "" "what only the continued trial told"
same straight promoted
trial 7 5 promoted WATTUNE_CONTINUE_DIR="$work/trial"
equal "$(grep -o '"epoch":[0-9]*' out | tr '\n' ' ')" '"epoch":4 "epoch":5 ' "epochs after its own checkpoint"
trial 1 1 anew WATTUNE_CONTINUE_DIR="$work/gone"
says err "gone: there is no checkpoint; the run starts from the beginning"

# A disk without room for a checkpoint is a warning, told once.
# shellcheck disable=SC2086
(ulimit -f 16 && expect 0 "$WATTUNE" train $small --epochs 3 --save full && losses out >full.txt &&
    equal "$(grep -c 'cannot write a checkpoint: File too large' err)" 1 "warnings") || exit 1
equal "$(grep -c '"event":"report"' full.txt)" 3 "epochs that were told without room"
equal "$(ls full)" "" "what is left in a folder without room"
done_checking
