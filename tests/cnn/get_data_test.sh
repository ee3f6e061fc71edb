#!/bin/sh
# examples/get-data.sh with a list of its own, whose addresses are files and those of a server on this machine: nothing
# goes over the network.
set -u
here=$(cd "$(dirname "$0")" && pwd)
script=$here/../../examples/get-data.sh
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
    echo "$name $file 1 sha256:$(sha256sum <"$file" | cut -d ' ' -f 1) $*"
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
expect 0 "expected the checksum sha256:" numbers elsewhere
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
expect 1 "refused file://$folder/wrong: expected the checksum sha256:" forged
expect 1 "no answer from file://$folder/missing" gone
check test -z "$(ls -A data/forged)"
check test -z "$(ls -A data/gone)"
check test -z "$(ls -d data/packed/.downloads* 2>/dev/null)"

# A checksum may be an MD5; one of another kind is refused.
md5=$(md5sum <inner/test_batch.bin | cut -d ' ' -f 1)
{
    echo "old test_batch.bin - md5:$md5 file://$folder/inner/test_batch.bin"
    echo "forged-old test_batch.bin - md5:$md5 file://$folder/wrong"
    echo "odd test_batch.bin - crc:$md5 file://$folder/inner/test_batch.bin"
} >>list.txt
expect 0 "data/old: ready" old
check cmp -s data/old/test_batch.bin inner/test_batch.bin
expect 1 "refused file://$folder/wrong: expected the checksum md5:$md5" forged-old

# Where a disk has no links, as exFAT, the file is copied.
mkdir no-links
printf '#!/bin/sh\necho "ln: Operation not permitted" >&2\nexit 1\n' >no-links/ln
chmod +x no-links/ln
everything=$PATH
PATH=$folder/no-links:$PATH
expect 0 "data/linkless: ready" old data/linkless
PATH=$everything
check cmp -s data/linkless/test_batch.bin inner/test_batch.bin
expect 1 "expected a checksum with the label sha256 or md5, found crc" odd

# Two at once do not write into each other's files.
if command -v flock >/dev/null; then
    mkdir -p data/busy/.downloads
    (
        exec 8>data/busy/.downloads/lock
        flock 8
        expect 1 "another get-data.sh is at work there" packed data/busy
        [ "$failures" -eq 0 ]
    ) || failures=$((failures + 1))
fi

# Downloads that stop in the middle, from a server that is told how much is there already.
serve() {
    mkfifo port
    python3 "$here/range_server.py" "$folder/served" "$folder/requests" "$folder/port" &
    server=$!
    trap 'kill $server 2>/dev/null; rm -rf "$folder"' EXIT
    read -r port <port
    url=http://127.0.0.1:$port
}
requested() { # LINE...: the requests since the last time
    checks=$((checks + 1))
    found=$(cat requests)
    [ "$found" = "$(printf '%s\n' "$@")" ] || { echo "expected requests: $*; found: $found"; failures=$((failures + 1)); }
    : >requests
}
# curl does not try again when the server hangs up.
stops() {
    expect 0 "data/resumed: ready" resumed
    requested "/cut/set.npz all" "/whole/set.npz bytes=4500-"
    expect 1 "could not get set.npz" stops
    requested "/cut/set.npz all"
    check test "$(wc -c <data/stops/.downloads/set.npz)" -eq 4500
    check test ! -e data/stops/set.npz
    expect 0 "going on where it stopped" stops
    requested "/cut/set.npz bytes=4500-"
    expect 0 "data/whole-only: ready" whole-only
    requested "/cut/set.npz all" "/norange/set.npz bytes=4500-" "/norange/set.npz all"
}
# wget does.
tries_again() {
    expect 0 "data/resumed: ready" resumed
    requested "/cut/set.npz all" "/cut/set.npz bytes=4500-"
    expect 0 "data/stops: ready" stops
    expect 0 "data/whole-only: ready" whole-only
}
interruptions() {
    "$1"
    for name in resumed stops whole-only; do
        check cmp -s data/$name/set.npz served/set.npz
        check test ! -e data/$name/.downloads
    done

    # What is there is of no use: the file is fetched from its beginning.
    mkdir -p data/fresh/.downloads data/long/.downloads
    echo "of another file" >data/fresh/.downloads/set.npz
    expect 0 "data/fresh: ready" fresh
    check cmp -s data/fresh/set.npz served/set.npz
    cat served/set.npz served/set.npz >data/long/.downloads/set.npz
    expect 0 "data/long: ready" fresh data/long
    check cmp -s data/long/set.npz served/set.npz

    # All of it is there: nothing is fetched.
    : >requests
    mkdir -p data/there/.downloads
    cp served/set.npz data/there/.downloads/set.npz
    expect 0 "data/there: ready" fresh data/there
    requested ""
    rm -rf data/resumed data/stops data/whole-only data/fresh data/long data/there
}
if command -v python3 >/dev/null; then
    mkdir served
    seq 1 3000 | head -c 9000 >served/set.npz
    serve
    sum=sha256:$(sha256sum <served/set.npz | cut -d ' ' -f 1)
    {
        echo "resumed set.npz 9000 $sum $url/cut/set.npz $url/whole/set.npz"
        echo "stops set.npz 9000 $sum $url/cut/set.npz"
        echo "whole-only set.npz 9000 $sum $url/cut/set.npz $url/norange/set.npz"
        echo "fresh set.npz 9000 $sum $url/whole/set.npz"
    } >>list.txt
    interruptions stops
    if command -v wget >/dev/null; then
        mkdir tools
        for tool in awk basename cat cmp cp cut dirname flock gzip ln md5sum mkdir mv rm rmdir sed sh sha256sum tar wget; do
            ln -s "$(command -v $tool)" tools/$tool
        done
        everything=$PATH
        # shellcheck disable=SC2123 # a path without curl
        PATH=$folder/tools
        interruptions tries_again
        PATH=$everything
    fi
fi

# Places that cannot be written.
expect 1 "cannot make the folder" packed train-labels/below
mv list.txt moved
expect 1 "cannot read the list" packed

# The list that ships has a SHA-256 and an address on every line.
list=$(dirname "$script")/data-sets.txt
sum='(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})'
check test "$(grep -vc '^#' "$list")" -eq 21
check test "$(grep -v '^#' "$list" | grep -Ecv "^[a-z0-9-]+ [a-z0-9.-]+ ([0-9]+|-) $sum( https?://[^ ]+)+\$")" -eq 0
check test "$(grep -c 'md5:' "$list")" -eq "$(grep -c mnist.npz "$list")"
check test "$(grep -Eo '(sha256|md5):[0-9a-f]+' "$list" | sort | uniq -d | wc -l)" -eq 0

[ "$failures" -eq 0 ] && [ "$checks" -gt 20 ] && echo "get-data.sh: $checks checks, ok"
