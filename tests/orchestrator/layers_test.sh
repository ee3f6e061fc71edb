#!/bin/sh
# A network written down as a list of layers, everywhere that a network is named: on the command line, in a study and
# its space, and in a checkpoint, which needs the file no more.
. "$(dirname "$0")/shell.sh"
unset WATTUNE_CHECKPOINT_DIR WATTUNE_CONTINUE_DIR WATTUNE_PARAMS WATTUNE_FD

mkdir nets
cat >nets/small.json <<'JSON'
[
  { "type": "convolution", "channels": 8, "kernel": 3, "padding": 1, "name": "start" },
  { "type": "convolution", "channels": 8, "kernel": 3, "padding": 1, "groups": 8, "bias": false },
  { "type": "batch_norm" },
  { "type": "add", "inputs": ["previous", "start"], "relu": true },
  { "type": "global_pool" }, { "type": "flatten" }, { "type": "linear" }
]
JSON
sed 's/"channels": 8/"channels": 16/; s/"groups": 8/"groups": 4/' nets/small.json >nets/wide.json
few="--train-limit 128 --val-limit 64 --batch-size 32 --threads 1"

# shellcheck disable=SC2086
expect 0 "$WATTUNE" train --model layers --layers nets/small.json $few --epochs 2 --save run
says out '"params":402,' # 8 * 3 * 9 + 8, 8 * 9, 2 * 8, 10 * 8 + 10
says out '"model_bytes":1672' # and 2 * 8 running statistics
cp -r run kept
mv nets/small.json hidden.json
expect 0 "$WATTUNE" train --resume run --epochs 3
says out '"epoch":3'
expect 1 "$WATTUNE" train --resume kept --epochs 3 --layers nets/wide.json
says err "kept/latest.ckpt: was trained with other layers than this run has"
expect 0 "$WATTUNE" predict run --part test
mv hidden.json nets/small.json

# Mistakes, with their place and the name that was meant.
sed 's/batch_norm/batch_nrom/' nets/small.json >nets/wrong.json
expect 2 "$WATTUNE" train --model layers --layers nets/wrong.json
says err "nets/wrong.json:4: layer 2.type: there is no 'batch_nrom', did you mean 'batch_norm'?"
expect 2 "$WATTUNE" train --model layers --layers nets/none.json
says err "nets/none.json: cannot open"
expect 2 "$WATTUNE" train --model layers --layers '[{"type": "relu", "input": "strat"}]'
says err "layer 0.input: no layer has the name 'strat'"
expect 1 "$WATTUNE" train --model layers
says err "the setting layers is empty"
expect 1 "$WATTUNE" train --model layers --layers '[{"type": "flatten"}]'
says err "each of the 10 classes"

# study SETTING SPACE: a study whose trials train such networks.
study() {
    cat <<STUDY
{
  "trial": { "kind": "cnn", "threads": 1,
             "settings": { "model": "layers", $1 "epochs": 1, "train_limit": 128, "val_limit": 64, "batch_size": 32 } },
  "space": { $2 },
  "objectives": [ { "metric": "val_accuracy", "goal": "maximize" }, { "metric": "model_bytes", "goal": "minimize" } ],
  "strategies": [ "grid" ]
}
STUDY
}
rate='"learning_rate": { "type": "ordinal", "values": [0.01, 0.1] }'
mkdir studies
study "\"layers\": $(cat nets/small.json)," "$rate" >studies/inline.json
study '"layers": "../nets/small.json",' "$rate" >studies/path.json
study '' '"layers": { "type": "categorical", "values": ["nets/small.json", "nets/wide.json"] }' >studies/space.json
for name in inline path space; do
    expect 0 "$WATTUNE" run "studies/$name.json" --db "$name.db"
    expect 0 "$WATTUNE" trials "$name.db" --format csv
    cp out "$name.csv"
    equal "$(grep -c complete "$name.csv")" 2 "complete trials of $name"
done
python3 -c '
import csv
rows = lambda name: list(csv.DictReader(open(name + ".csv")))
bytes = lambda name: [float(row["model_bytes"]) for row in rows(name)]
assert bytes("inline") == bytes("path") == [1672, 1672], rows("inline")
small, wide = sorted(bytes("space"))
assert small == 1672 and wide > small, rows("space")' || fail "the networks of the trials"
study '"layers": [{ "type": "relu", "stride": 2 }],' "$rate" >studies/wrong.json
expect 2 "$WATTUNE" check studies/wrong.json
says err "studies/wrong.json:3: trial.layers: layer 0: unknown key 'stride'"

echo "$checks checks"
