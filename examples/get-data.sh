#!/bin/sh
# Fetch a data set from its public home, check it against its checksum, and unpack it.
#
#   examples/get-data.sh NAME [DIR]    DIR is data/NAME unless told; NAME is cifar-10, cifar-100, mnist, fashion-mnist,
#                                      or a flat set of MedMNIST, such as pathmnist
#
# What is there already is not fetched again, and a download that was interrupted goes on where it stopped.
# WATTUNE_DATA_SETS names another list than examples/data-sets.txt, with mirrors of your own, for example.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
list=${WATTUNE_DATA_SETS:-$here/data-sets.txt}

fail() {
    echo "get-data.sh: $*" >&2
    exit 1
}

usage() {
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# Fetch into a file, behind what it holds already. Answers 0; 1 when there is no answer or it ends too early; 2 when the
# answer is that it cannot go on there.
fetch() { # URL FILE
    status=0
    if command -v curl >/dev/null; then
        if [ -t 2 ]; then show=--progress-bar; else show=--silent; fi
        curl "$show" --show-error --fail --location --retry 2 --connect-timeout 20 --continue-at - -o "$2" "$1" || status=$?
        case $status in 0) ;; 22 | 33) status=2 ;; *) status=1 ;; esac
    else
        wget -q --tries=3 --timeout=20 --continue -O "$2" "$1" || status=$?
        case $status in 0) ;; 1 | 8) status=2 ;; *) status=1 ;; esac
    fi
    return $status
}

sum_of() { # KIND FILE
    case $1 in
    sha256) { sha256sum <"$2" 2>/dev/null || shasum -a 256 <"$2"; } | cut -d ' ' -f 1 ;;
    md5) { md5sum <"$2" 2>/dev/null || md5 -q <"$2"; } | cut -d ' ' -f 1 ;;
    *) fail "$list: expected a checksum with the label sha256 or md5, found $1" ;;
    esac
}

is_right() { # FILE
    found=$(sum_of "${sum%%:*}" "$1")
    [ "$found" = "${sum#*:}" ]
}

# From one address, going on with what is there, or from the beginning where that does not work or gives something else.
try() { # URL FILE
    had=$([ -s "$2" ] && echo yes || echo no)
    status=0
    fetch "$1" "$2" || status=$?
    if [ "$had" = yes ] && { [ $status -eq 2 ] || { [ $status -eq 0 ] && ! is_right "$2"; }; }; then
        rm -f "$2.fresh"
        status=0
        fetch "$1" "$2.fresh" && mv -f "$2.fresh" "$2" || status=$?
    fi
    if [ $status -ne 0 ]; then
        echo "no answer from $1, or not all of it" >&2
        return 1
    fi
    is_right "$2" && return 0
    echo "refused $1: expected the checksum $sum, found $found" >&2
    rm -f "$2"
    return 1
}

# Fetch one file of the list into the folder of downloads, from the first address that has it.
download() { # FILE BYTES SUM URL...
    file=$1 bytes=$2 sum=$3
    shift 3
    part=$downloads/$file
    if [ -s "$part" ] && is_right "$part"; then
        return 0
    fi
    size=
    [ "$bytes" = - ] || size=" ($((bytes / 1024)) KiB)"
    [ ! -s "$part" ] || size="$size, going on where it stopped"
    echo "fetching $file$size"
    for url; do
        try "$url" "$part" && return 0
    done
    fail "could not get $file; look at the messages above, and run the same command again once they are solved"
}

unpack() { # FILE
    case $1 in
    *.tar.gz) tar -xzf "$downloads/$1" -C "$unpacked" --strip-components=1 ;;
    *.gz) gzip -dc "$downloads/$1" >"$unpacked/${1%.gz}" ;;
    *) ln "$downloads/$1" "$unpacked/$1" 2>/dev/null || cp "$downloads/$1" "$unpacked/$1" ;; # not every disk has links
    esac || fail "could not unpack $1: is the disk full?"
}

# Nothing but downloads to go on with is left behind.
clean_up() {
    rm -rf "$unpacked"
    rm -f "$downloads/lock" "$downloads"/*.fresh
    rmdir "$downloads" 2>/dev/null || true
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
downloads=$target/.downloads
unpacked=$downloads/unpacked
mkdir -p "$downloads" || fail "$target: cannot write there"
exec 9>"$downloads/lock"
if command -v flock >/dev/null && ! flock -n 9; then
    fail "$target: another get-data.sh is at work there"
fi
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
rm -rf "$unpacked"
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
rm -rf "$downloads"
echo "$target: ready"
