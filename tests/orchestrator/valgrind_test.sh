#!/bin/sh
# A study of small networks under valgrind, the trials included: it finds nothing.
. "$(dirname "$0")/shell.sh"

cat >small.json <<'STUDY'
{
  "name": "small", "seed": 3,
  "trial": { "kind": "cnn", "model": "lenet5", "dataset": { "format": "synthetic" },
             "settings": { "epochs": 1, "dataset_options": "images=32,test_images=8" } },
  "space": { "batch_size": { "type": "ordinal", "values": [8, 12] },
             "learning_rate": { "type": "real", "low": 0.001, "high": 0.1, "scale": "log" },
             "optimizer": { "type": "categorical", "values": ["sgd", "adam"] } },
  "objectives": [ { "metric": "val_accuracy", "goal": "maximize" } ],
  "strategies": [ { "name": "bayes", "start": 2 } ],
  "budget": { "trials": 4 }
}
STUDY
suppressions=$tests/valgrind.supp
expect 0 valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --trace-children=yes \
    --suppressions="$suppressions" "$WATTUNE" run small.json --db small.db
equal "$(identity small.db | wc -l)" 4 "complete trials"
for command in trials compare pareto importance status; do
    expect 0 valgrind -q --error-exitcode=99 --suppressions="$suppressions" "$WATTUNE" "$command" small.db
done
done_checking
