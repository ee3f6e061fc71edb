#!/bin/sh
# `wattune profile` from its options to its tables: units and sums, never speeds, which are the machine's.
. "$(dirname "$0")/shell.sh"

quick="--time 0.3 --batch_size 8 --threads 1"

# check FILE.csv: rows by part have what their kind has, and sum to the row "sum"; joules are known and their source is named.
check() {
    python3 - "$@" <<'CHECK' || fail "$1 does not add up"
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
by_kind = {}
for row in rows:
    by_kind.setdefault(row["kind"], []).append(row)
total, step = by_kind["sum"][0], by_kind["step"][0]
assert rows[-2] is total and rows[-1] is step
parts = rows[:-2]
def number(row, name):
    return float(row[name]) if row[name] else 0.0
for name in ["params", "flops", "flops_forward", "flops_backward", "bytes_forward", "bytes_backward", "time_forward_s",
             "time_backward_s", "time_s", "energy_forward_j", "energy_backward_j", "energy_j", "share"]:
    assert abs(sum(number(row, name) for row in parts) - number(total, name)) <= 1e-9 * abs(number(total, name)), name
for row in parts + [total]:
    for name in ["time", "energy"]:
        unit = "s" if name == "time" else "j"
        halves = number(row, f"{name}_forward_{unit}") + number(row, f"{name}_backward_{unit}")
        assert abs(halves - number(row, f"{name}_{unit}")) <= 1e-9 * halves, row
    assert bool(row["time_s"]) == bool(row["energy_j"]) == bool(row["energy_quality"]), row
    if row["flops"]:
        assert abs(number(row, "flops_per_s") * number(row, "time_s") / number(row, "flops") - 1) < 1e-9, row
assert number(step, "time_s") > 0 and number(step, "energy_j") > 0 and number(step, "flops") == number(total, "flops")
CHECK
    checks=$((checks + 1))
}

# shellcheck disable=SC2086
expect 0 "$WATTUNE" profile lenet5 $quick --images 1x28x28
says out "lenet5 for 10 classes, images of 1 x 28 x 28: a training step of 8 images in fp32, 1 thread"
for word in convolution linear relu optimizer loss data "all parts" "whole step" "energy (estimated)" "follow the processor time alone"; do
    says out "$word"
done
for by in layer type; do
    # shellcheck disable=SC2086
    expect 0 "$WATTUNE" profile resnet8 $quick --by $by --format csv -o $by.csv
    check $by.csv
    # shellcheck disable=SC2086
    expect 0 "$WATTUNE" profile --model resnet8 $quick --by $by --format json
    python3 -c '
import json, sys
profile = json.load(open("out"))
assert profile["rows"][-1]["kind"] == "step" and len(profile["notes"]) >= 3
assert profile["rows"][-1]["energy_meters"].startswith("model:")' || fail "the JSON of a profile"
done
equal "$(head -n 1 type.csv)" "$(head -n 1 layer.csv)" "columns by type"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" profile resnet8 $quick --inference --format csv -o inference.csv
check inference.csv
equal "$(grep -c '^loss\|^optimizer' inference.csv)" 0 "what inference does not run"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" profile lenet5 $quick --dataset_format synthetic --dataset_options size=20 --threads 2
says out "images of 3 x 20 x 20"
says out "2 threads"

# A list runs nothing.
expect 0 "$WATTUNE" profile lenet5 --list --images 1x28x28 --format csv
equal "$(tail -n 1 out | cut -d, -f2,3,5)" "all layers,12,61706" "parameters of LeNet-5"
expect 0 "$WATTUNE" profile resnet8 --list --by type
says out "convolution"

# A meter that resolves what is repeated: joules of a part by its own power.
cat >plug.py <<'PLUG'
import time
begin = time.monotonic()
while True:
    print(f"{100 * (time.monotonic() - begin):.6f} J", flush=True)
    time.sleep(0.001)
PLUG
expect 0 env WATTUNE_METER_COMMAND="exec python3 $work/plug.py" "$WATTUNE" profile lenet5 --batch_size 64 --threads 1 --time 12 \
    --format csv -o plug.csv
check plug.csv
grep -q 'own power,measured,command' plug.csv || fail "no part has a power of its own"
# A slow one does not, and says so.
expect 0 env WATTUNE_METER_COMMAND="while echo 50 W; do sleep 0.2; done" "$WATTUNE" profile lenet5 --batch_size 8 --threads 1 \
    --time 1
says out "were repeated for long enough to have a power of their own"
# Nor does one that cannot be read leave a nought.
mkdir empty
# shellcheck disable=SC2086
expect 0 env WATTUNE_SYSROOT="$work/empty" "$WATTUNE" profile lenet5 $quick
says out "No joules: nothing can be measured here"

# A sweep: a row a network, and what a layer of each type costs.
sweep="--sweep --time 1 --batch_size 4 --width 4 --images 1x8x8 --threads 1"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" profile $sweep
says out "a layer of type"
says out "Least squares over 19 networks"
says out "█"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" profile $sweep --inference --format csv
equal "$(grep -c '^[1-6],[1-6],[0-6],.*,estimated,model:' out)" 19 "networks of a sweep"
# shellcheck disable=SC2086
expect 0 "$WATTUNE" profile $sweep --by type --format json
python3 -c '
import json
sweep = json.load(open("out"))
assert [row["type"] for row in sweep["rows"]] == ["convolution", "linear", "relu", "frame"]
for row in sweep["rows"]:
    assert row["energy_low_j"] <= row["energy_j"] <= row["energy_high_j"] and row["time_low_s"] <= row["time_s"]
' || fail "the JSON of a sweep"
expect 2 "$WATTUNE" profile resnet8 --sweep
says err "'resnet8' and --sweep: only one of the two can be"
expect 2 "$WATTUNE" profile --sweep --list

# What is wrong is told before anything runs.
expect 2 "$WATTUNE" profile
says err "it needs a MODEL"
expect 2 "$WATTUNE" profile resnet7
says err "resnet8"
expect 2 "$WATTUNE" profile resnet8 vgg
says err "one argument too many: 'vgg'"
expect 2 "$WATTUNE" profile resnet8 --time 0
says err "--time takes a number from 0.1 to 86400"
expect 2 "$WATTUNE" profile resnet8 --time 1e9
expect 2 "$WATTUNE" profile resnet8 --images 3x32
says err "--images takes sizes such as 3x32x32"
expect 2 "$WATTUNE" profile resnet8 --images 3x2x2
says err "images of 3 x 2 x 2"
expect 1 "$WATTUNE" profile vgg --batch_size 65536 --images 3x4096x4096
says err "lower batch_size"
expect 1 "$WATTUNE" profile lenet5 --time 0.1 --batch_size 2 -o nowhere/profile.txt
says err "nowhere/profile.txt"

# Interrupted: what was measured until then, and status 3.
"$WATTUNE" profile lenet5 --batch_size 2 --threads 1 --time 3600 >out 2>err &
pid=$!
while [ "$(ps -o cputimes= -p $pid || echo 1)" -lt 1 ]; do :; done
kill -TERM $pid
wait $pid
equal "$?" 3 "exit status of a profile that was interrupted"
says err "interrupted"
done_checking
