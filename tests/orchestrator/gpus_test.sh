#!/bin/sh
# GPUs as a user meets them: each worker's trials see their own, and pay for them. FAKE_NVML_LIBRARY plays the driver.
. "$(dirname "$0")/shell.sh"

: "${FAKE_NVML_LIBRARY:?the path of the fake NVIDIA library}"
export WATTUNE_NVML="$FAKE_NVML_LIBRARY" FAKE_NVML="$work/gpus"
unset CUDA_VISIBLE_DEVICES

# The trial tells what it sees, and lasts long enough for its power to show.
mkdir seen
cat >toy.json <<STUDY
{
  "name": "toy", "seed": 3,
  "trial": { "kind": "command",
             "argv": [ "sh", "-c",
                       "echo \"\$CUDA_VISIBLE_DEVICES\" >$work/seen/\$WATTUNE_TRIAL; sleep 0.5; echo '{{\"value\": {x}}'" ] },
  "space": { "x": { "type": "real", "low": 1, "high": 4, "grid": 4 } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ],
  "strategies": [ "grid" ],
  "energy": { "meters": [ "nvml" ], "idle_window_s": 0 },
  "budget": { "trials": 4 }
}
STUDY

# power DB: for each trial what it saw and the watts that it was booked, as the nearest of 100, 400 and 1600, so that a busy
# machine's delays do not matter; each kind once.
power() {
    "$WATTUNE" trials "$1" --format csv | python3 -c '
import csv, math, sys
rows = [r for r in csv.DictReader(sys.stdin) if r["state"] == "complete"]
assert len(rows) == 4, rows
for r in rows:
    seen = open("seen/%s.%s.%s" % (r["strategy"], r["repeat"], r["trial"])).read().strip()
    watts = float(r["energy_j"]) / float(r["duration_s"])
    print(seen, 100 * 4 ** round(math.log(watts / 100, 4)), r["energy_quality"])' | sort -u
}

# Alone: all of them, by UUID whatever the user called them.
printf '0\nGPU-a 0 1200000 0 live=1\nGPU-b 0 400000 0 live=1\n' >gpus
expect 0 "$WATTUNE" run toy.json --db alone.db
equal "$(power alone.db)" "GPU-a,GPU-b 1600 measured" "what a worker that is alone sees and pays"
expect 0 env CUDA_VISIBLE_DEVICES=1 "$WATTUNE" run toy.json --db one.db
equal "$(power one.db)" "GPU-b 400 measured" "what a restricted worker sees and pays"
sed 's/"command",/"command", "env": { "CUDA_VISIBLE_DEVICES": "7" },/' toy.json >own.json
expect 0 "$WATTUNE" run own.json --db own.db
equal "$(power own.db)" "7 1600 measured" "a study that knows better"

# As many as workers: one each.
printf '0\nGPU-a 0 100000 0 live=1\nGPU-b 0 400000 0 live=1\n' >gpus
expect 0 mpi 3 "$WATTUNE" run toy.json --db two.db
equal "$(power two.db)" "GPU-a 100 measured
GPU-b 400 measured" "what two workers see and pay"

# More than divide evenly; and somebody computes on one of them.
printf '0\nGPU-a 0 100000 0 live=1\nGPU-b 0 400000 0 live=1 processes=1\nGPU-c 0 100000 0 live=1\n' >gpus
expect 0 mpi 3 "$WATTUNE" run toy.json --db three.db
equal "$(power three.db)" "GPU-a 100 measured
GPU-b 400 measured" "what two workers of three GPUs see and pay"
says err "2 workers of this host have 1 GPU each, so that their trials compare; unused: 1"
says err "1 other process computes on GPU 1 (GPU-b)"

# Fewer than workers: shared, and what is divided is modelled.
printf '0\nGPU-a 0 100000 0 live=1\n' >gpus
expect 0 mpi 3 "$WATTUNE" run toy.json --db shared.db
equal "$(power shared.db | cut -d' ' -f 1,3 | sort -u)" "GPU-a modelled" "what two workers of one GPU see"
says err "2 workers of this host share 1 GPU:"

# The batch system gave each rank its own, all called 0: by a control group, or by number.
for i in 0 1 2; do
    printf '0\nGPU-%s 0 %s00000 0 live=1\n' $i $((1 << 2 * i)) >gpus.$i
done
# shellcheck disable=SC2016
expect 0 mpi 3 sh -c 'FAKE_NVML="$FAKE_NVML.$OMPI_COMM_WORLD_LOCAL_RANK" CUDA_VISIBLE_DEVICES=0 exec "$@"' rank \
    "$WATTUNE" run toy.json --db group.db
equal "$(power group.db)" "GPU-1 400 measured
GPU-2 1600 measured" "what workers with GPUs of their own see and pay"
printf '0\nGPU-a 0 100000 0 live=1\nGPU-b 0 400000 0 live=1\nGPU-c 0 1600000 0 live=1\n' >gpus
# shellcheck disable=SC2016
expect 0 mpi 3 sh -c 'CUDA_VISIBLE_DEVICES=$OMPI_COMM_WORLD_LOCAL_RANK exec "$@"' rank \
    "$WATTUNE" run toy.json --db number.db
equal "$(power number.db)" "GPU-b 400 measured
GPU-c 1600 measured" "what workers with numbers of their own see and pay"

# A coordinator that sees none shares the books with workers that do, where all see the packages.
zone=tree/sys/class/powercap/intel-rapl:0
mkdir -p $zone
ln -s /proc tree/proc
echo package-0 >$zone/name
echo 262143328850 >$zone/max_energy_range_uj
energy=1000
echo $energy >$zone/energy_uj
while sleep 0.05; do
    energy=$((energy + 1000))
    echo $energy >$zone/energy_uj || break # the test is over
done 2>/dev/null &
counting=$!
sed 's/"meters": \[ "nvml" \],//' toy.json >auto.json
export WATTUNE_SYSROOT="$work/tree"
# shellcheck disable=SC2016
expect 0 mpi 3 sh -c \
    'CUDA_VISIBLE_DEVICES=$((OMPI_COMM_WORLD_LOCAL_RANK - 1)) exec "$@"' rank "$WATTUNE" run auto.json --db blind.db
unset WATTUNE_SYSROOT
kill $counting
equal "$(power blind.db)" "GPU-a 100 measured
GPU-b 400 measured" "what workers of a coordinator without GPUs see and pay"

# Instances are divided like GPUs, but nobody knows what one uses.
printf '0\nGPU-a 0 100000 1\nMIG-1\nMIG-2\n' >gpus
expect 0 mpi 3 "$WATTUNE" run auto.json --db mig.db
equal "$(power mig.db | cut -d' ' -f 1 | sort -u)" "MIG-1
MIG-2" "what two workers of one divided GPU see"
expect 4 "$WATTUNE" run toy.json --db refused.db
says err "GPU 0 (GPU-a) is in MIG mode"

# `wattune meters` lists them.
printf '0\nGPU-a 0 70000 0 live=1 busy=30\nGPU-b 0 1 0 handle=15\nGPU-c 0 1 1\nMIG-1\n' >gpus
expect 0 "$WATTUNE" meters
says out "GPU 0 (Fake A100, GPU-a): energy counter; 70 W; 30 % busy"
says out "GPU 1: GPU is lost"
says out "GPU 2 (GPU-c) is in MIG mode"
says out "GPU 2 has the instance MIG-1"
says out "gpu        nvml, measured: the best that is present here"
done_checking
