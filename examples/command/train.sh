#!/bin/sh
# A trial in a shell: train.sh LEARNING_RATE EPOCHS. The accuracy is a formula that is best at a rate of 0.05.
set -eu
echo "training with a learning rate of $1 for $2 epochs, seed $WATTUNE_SEED"
awk -v rate="$1" -v epochs="$2" 'BEGIN {
    distance = log(rate / 0.05)
    printf "{\"val_accuracy\": %.6f}\n", 0.9 * exp(-distance * distance / 8) * (1 - exp(-epochs / 8))
}'
