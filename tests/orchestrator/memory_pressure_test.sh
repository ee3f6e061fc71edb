#!/bin/sh
# Training where memory is short: whatever the limit of the process, it trains, or it says that memory is what it lacks.
. "$(dirname "$0")/shell.sh"
(
    ulimit -v 4000000
    "$WATTUNE" --version
) >/dev/null 2>&1 || {
    echo "skipped: a sanitizer takes more address space than any limit leaves"
    exit 77
}

small="--model resnet8 --dataset_options images=200,test_images=10 --epochs 1 --batch_size 32"

# train_within OPTION KIB: train with that limit of ulimit; the exit status.
train_within() {
    (
        ulimit "$1" "$2"
        # shellcheck disable=SC2086
        exec "$WATTUNE" train $small --save "with$1$2"
    ) >out 2>err
}

# rises OPTION: raise the limit until the training works. Below that it ends with a sentence, not by a signal; the loader
# of the libraries has one of its own.
rises() {
    refusals=0
    for step in $(seq 1 60); do
        limit=$((step * 8000))
        train_within "$1" "$limit"
        status=$?
        [ "$status" -eq 0 ] && break
        grep -q "error while loading shared libraries" err && continue
        [ "$status" -eq 1 ] || fail "with ulimit $1 $limit the training ended with $status"
        grep -qi "memory" err || fail "with ulimit $1 $limit it does not say that memory is short"
        refusals=$((refusals + 1))
        checks=$((checks + 1))
    done
    [ "$status" -eq 0 ] || fail "no limit of ulimit $1 was enough"
    [ "$refusals" -gt 3 ] || fail "only $refusals limits of ulimit $1 were too low"
}

rises -v
rises -d
done_checking
