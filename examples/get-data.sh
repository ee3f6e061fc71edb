#!/bin/sh
# Fetch a data set from its public home, check it against its SHA-256, and unpack it.
#
#   examples/get-data.sh NAME [DIR]    NAME is cifar-10, mnist or fashion-mnist; DIR is data/NAME unless told
#
# What is there already is not fetched again. WATTUNE_DATA_SETS names another list than examples/data-sets.txt,
# with mirrors of your own, for example.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
list=${WATTUNE_DATA_SETS:-$here/data-sets.txt}

fail() {
    echo "get-data.sh: $*" >&2
    exit 1
}

usage() {
    sed -n '2,4s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

fetch() { # URL FILE
    if command -v curl >/dev/null; then
        curl -fsSL --retry 2 --connect-timeout 20 -o "$2" "$1"
    else
        wget -q --tries=3 --timeout=20 -O "$2" "$1"
    fi
}

sum_of() {
    if command -v sha256sum >/dev/null; then
        sha256sum <"$1" | cut -d ' ' -f 1
    else
        shasum -a 256 <"$1" | cut -d ' ' -f 1
    fi
}

# Fetch one file of the list into the folder of downloads, from the first address that has it.
download() { # FILE BYTES SUM URL...
    file=$1 bytes=$2 expected=$3
    shift 3
    echo "fetching $file ($((bytes / 1024)) KiB)"
    for url; do
        fetch "$url" "$downloads/$file" || { echo "no answer from $url" >&2; continue; }
        found=$(sum_of "$downloads/$file")
        [ "$found" = "$expected" ] && return 0
        echo "refused $url: expected the SHA-256 $expected, found $found" >&2
    done
    fail "could not get $file; look at the messages above, and run the same command again once they are solved"
}

unpack() { # FILE
    case $1 in
    *.tar.gz) tar -xzf "$downloads/$1" -C "$unpacked" --strip-components=1 ;;
    *.gz) gzip -dc "$downloads/$1" >"$unpacked/${1%.gz}" ;;
    *) mv "$downloads/$1" "$unpacked/$1" ;;
    esac || fail "could not unpack $1: is the disk full?"
}

[ $# -ge 1 ] && [ $# -le 2 ] || usage
case $1 in
-h | --help) usage ;;
esac
name=$1
target=${2:-data/$name}
[ -r "$list" ] || fail "$list: cannot read the list of data sets"
# One file a line, without the name of the data set.
files=$(awk -v name="$name" '$1 == name { sub(/^[^ ]+ +/, ""); print }' "$list")
if [ -z "$files" ]; then
    echo "get-data.sh: there is no data set \"$name\"; there are$(awk '/^[^#]/ && !seen[$1]++ { printf " %s", $1 }' "$list")" >&2
    usage
fi

# The stamp is the list of what was unpacked: another list is fetched again.
stamp=$target/.fetched
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$files" ]; then
    echo "$target: already there"
    exit 0
fi
command -v curl >/dev/null || command -v wget >/dev/null || fail "needs curl or wget; install one of them"
command -v sha256sum >/dev/null || command -v shasum >/dev/null || fail "needs sha256sum or shasum"

mkdir -p "$target" || fail "$target: cannot make the folder"
downloads=$(mktemp -d "$target/.downloads-XXXXXX") || fail "$target: cannot write there"
trap 'rm -rf "$downloads"' EXIT
trap 'exit 1' HUP INT TERM
unpacked=$downloads/unpacked
mkdir "$unpacked"

while read -r file bytes sum urls; do
    # shellcheck disable=SC2086 # the addresses are separate words
    download "$file" "$bytes" "$sum" $urls
    unpack "$file"
done <<LIST
$files
LIST

# Only a whole data set appears in the folder.
mv -f "$unpacked"/* "$target"/
echo "$files" >"$stamp"
echo "$target: ready"
