#!/bin/sh
# examples/get-data.sh with a list of its own, whose addresses are files: nothing goes over the network.
set -u
script=$(cd "$(dirname "$0")/../.." && pwd)/examples/get-data.sh
if ! command -v curl >/dev/null || ! command -v sha256sum >/dev/null; then
    echo "skipped: needs curl, which can fetch from files, and sha256sum"
    exit 77
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0
checks=0

# Run the script; its exit status must be the first argument, and its output must contain the second.
expect() {
    status=$1 part=$2
    shift 2
    checks=$((checks + 1))
    output=$(WATTUNE_DATA_SETS=$folder/list.txt sh "$script" "$@" 2>&1)
    found=$?
    case $output in
    *"$part"*) [ "$found" -eq "$status" ] && return ;;
    esac
    echo "get-data.sh $*: expected status $status and \"$part\", found status $found and:"
    echo "$output"
    failures=$((failures + 1))
}

check() {
    checks=$((checks + 1))
    "$@" && return
    echo "failed: $*"
    failures=$((failures + 1))
}

line() { # NAME FILE URL...
    name=$1 file=$2
    shift 2
    echo "$name $file 1 $(sha256sum <"$file" | cut -d ' ' -f 1) $*"
}

mkdir inner
echo "one" >inner/data_batch_1.bin
echo "two" >inner/test_batch.bin
tar -czf set.tar.gz inner
echo "numbers" >train-labels
gzip -k train-labels
echo "something else" >wrong
{
    echo "# a comment"
    line packed set.tar.gz "file://$folder/missing" "file://$folder/set.tar.gz"
    line numbers set.tar.gz "file://$folder/set.tar.gz"
    line numbers train-labels.gz "file://$folder/wrong" "file://$folder/train-labels.gz"
    line forged train-labels.gz "file://$folder/wrong"
    line gone train-labels.gz "file://$folder/missing"
} >list.txt

# Arguments.
expect 2 "examples/get-data.sh NAME [DIR]"
expect 2 "examples/get-data.sh NAME [DIR]" --help
expect 2 "examples/get-data.sh NAME [DIR]" packed a b
expect 2 "no data set \"pakced\"; there are packed numbers forged gone" pakced
expect 2 "no data set \"a comment\"" "a comment"

# A mirror that is down or has other bytes is passed over; the rest of the folder stays.
mkdir -p data/packed
echo "mine" >data/packed/mine
expect 0 "data/packed: ready" packed
check cmp -s data/packed/data_batch_1.bin inner/data_batch_1.bin
check cmp -s data/packed/test_batch.bin inner/test_batch.bin
check test -f data/packed/mine
expect 0 "expected the SHA-256" numbers elsewhere
check cmp -s elsewhere/train-labels train-labels
check cmp -s elsewhere/data_batch_1.bin inner/data_batch_1.bin

# What is there is not fetched again, even when its source is gone; a new list is.
mv set.tar.gz moved
expect 0 "already there" packed
expect 1 "could not get set.tar.gz" numbers other
mv moved set.tar.gz
echo "stale" >data/packed/.fetched
expect 0 "data/packed: ready" packed

# Nothing appears when a checksum or an address is wrong, and nothing is left behind.
expect 1 "refused file://$folder/wrong: expected the SHA-256" forged
expect 1 "no answer from file://$folder/missing" gone
check test -z "$(ls -A data/forged)"
check test -z "$(ls -A data/gone)"
check test -z "$(ls -d data/packed/.downloads* 2>/dev/null)"

# Places that cannot be written.
expect 1 "cannot make the folder" packed train-labels/below
mv list.txt moved
expect 1 "cannot read the list" packed

# The list that ships has a SHA-256 and an address on every line.
list=$(dirname "$script")/data-sets.txt
check test "$(grep -vc '^#' "$list")" -eq 9
check test "$(grep -v '^#' "$list" | grep -Ecv '^[a-z0-9-]+ [a-z0-9.-]+ [0-9]+ [0-9a-f]{64}( https?://[^ ]+)+$')" -eq 0

[ "$failures" -eq 0 ] && [ "$checks" -gt 20 ] && echo "get-data.sh: $checks checks, ok"
