#!/bin/sh
# A network that was trained by hand is used: on image files, and on the parts of a data set.
. "$(dirname "$0")/shell.sh"
unset WATTUNE_CHECKPOINT_DIR WATTUNE_CONTINUE_DIR WATTUNE_PARAMS WATTUNE_FD

# Two classes of PNG images that a network cannot miss: dark ones and light ones, of several sizes, some grey.
cat >images.py <<'PYTHON'
import os, random, struct, zlib

def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

def png(path, width, height, base, colours):
    channels = 3 if colours else 1
    rows = b"".join(b"\0" + bytes(base + random.randrange(40) for _ in range(width * channels)) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if colours else 0, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

random.seed(1)
for name, base in ("dark", 10), ("light", 200):
    os.makedirs("set/" + name)
    for i in range(40):
        png(f"set/{name}/{i}.png", random.randrange(20, 40), random.randrange(20, 40), base, i % 2)
    png(name + ".png", 50, 33, base, True)
    png(name + "-grey.png", 17, 90, base, False)
PYTHON
python3 images.py || fail "no images"
expect 0 "$WATTUNE" train --model lenet5 --dataset-format folder --dataset-path set --dataset-options size=16 \
    --val-fraction 0.25 --epochs 8 --batch-size 10 --learning-rate 0.02 --save run
expect 0 "$WATTUNE" predict run light.png dark.png ./light-grey.png dark-grey.png --format csv --top 1
equal "$(cut -d, -f1,2 out | tr '\n' ' ')" \
    "image,class light.png,light dark.png,dark ./light-grey.png,light dark-grey.png,dark " "what is in the images"
expect 0 "$WATTUNE" predict run dark.png
says out "run/best.ckpt: lenet5 after epoch "
says out "image     class"
expect 0 "$WATTUNE" predict run dark.png --format json --top 2
python3 -c '
import json
row = json.load(open("out"))["rows"][0]
assert row["image"] == "dark.png" and row["class"] == "dark" and row["class_2"] == "light", row
assert abs(row["probability"] + row["probability_2"] - 1) < 1e-5, row' || fail "the JSON of an image"

# A name that is no text in UTF-8 does not break the JSON.
odd=$(printf 'dark\377.png')
cp dark.png "$odd"
expect 0 "$WATTUNE" predict run "$odd" --format json
python3 -c '
import json
row = json.load(open("out", encoding="utf-8"))["rows"][0]
assert row["image"] == "dark?.png" and row["class"] == "dark", row' || fail "the JSON of an image with an odd name"

# One at a time or together is the same.
expect 0 "$WATTUNE" predict run light.png dark.png dark-grey.png --format csv --batch 2
cp out together
expect 0 "$WATTUNE" predict run light.png dark.png dark-grey.png --format csv --batch 1
equal "$(cut -c 1-20 out)" "$(cut -c 1-20 together)" "what is said of images one by one"

# What cannot be read is told by name, and the others follow.
printf 'no image' >text.png
head -c 300 light.png >cut.png
expect 1 "$WATTUNE" predict run text.png none.png dark.png cut.png set --format csv
says err "text.png"
says err "none.png"
says err "cut.png"
says err "set: expected a file, found a folder"
equal "$(cut -d, -f1,2 out | tr '\n' ' ')" "image,class dark.png,dark " "what is left"
expect 1 "$WATTUNE" predict run none.png
equal "$(cat out)" "" "the output when nothing could be read"

# A part of the data set: the figures are those of the training.
expect 0 "$WATTUNE" predict run/latest.ckpt --part val --format csv
equal "$(tail -n 1 out | cut -d, -f1,2,3)" "all,20,20" "the validation images"
accuracy=$("$WATTUNE" train --resume run | sed -n 's/.*"result","val_accuracy":\([0-9.]*\),.*/\1/p')
equal "$(tail -n 1 out | cut -d, -f6)" "$accuracy" "the accuracy"
expect 0 "$WATTUNE" predict run --part train
says out "Accuracy "
says out " of 60 images), loss "
says out "light"
expect 0 "$WATTUNE" predict run --part train --confusion --format csv
equal "$(head -n 1 out | tr -d "\r")" "label,dark,light" "the head of the confusion matrix"
expect 0 "$WATTUNE" predict run --part val --each --limit 5 --format csv
equal "$(wc -l <out)" 6 "rows of five images"
equal "$(head -n 1 out | tr -d "\r")" "image,label,class,probability,class_2,probability_2" "the head of the rows"
mv set moved
expect 1 "$WATTUNE" predict run --part val
says err "set"
expect 0 "$WATTUNE" predict run --part val --dataset-path moved
mv moved/light moved/yellow
expect 1 "$WATTUNE" predict run --part val --dataset-path moved
says err "class 1 is 'light' there and 'yellow' here"
expect 1 "$WATTUNE" predict run --part test --dataset-path moved
expect 1 "$WATTUNE" predict run --dataset_format synthetic --part val
says err "was trained on images with "

# What makes no sense.
expect 2 "$WATTUNE" predict run
says err "name images, or a part of the data set: --part test"
expect 2 "$WATTUNE" predict
expect 2 "$WATTUNE" predict run dark.png --part val
expect 2 "$WATTUNE" predict run --part val --each --confusion
expect 2 "$WATTUNE" predict run --part middle
expect 1 "$WATTUNE" predict nowhere dark.png
says err "nowhere"
expect 1 "$WATTUNE" predict dark.png dark.png
says err "dark.png: is no checkpoint"
mkdir empty
expect 1 "$WATTUNE" predict empty dark.png
says err "empty: there is no checkpoint"

# The best is damaged: the latest is used, and that is said.
rm run/best.ckpt
echo damaged >run/best.ckpt
expect 0 "$WATTUNE" predict run dark.png
says err "run/best.ckpt: is cut short; run/latest.ckpt is used"
done_checking
