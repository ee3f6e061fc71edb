#!/bin/sh
# The include arrows of docs/architecture.md: which folder may include which, and where each library is allowed.
set -u
cd "$(dirname "$0")/../.."
failed=0

complain() {
    [ -n "$2" ] || return 0
    printf '%s:\n%s\n' "$1" "$2"
    failed=1
}

# arrows FOLDER ALLOWED...: our own headers included by the folder's files.
arrows() {
    folder=$1
    shift
    allowed=$(echo "$folder $*" | tr ' ' '|')
    complain "$folder may include only: $folder $*" \
        "$(grep -nHE '^ *# *include *"' "$folder"/*.[ch] | grep -vE "\"($allowed)/[a-z0-9_]+\.h\"")"
}
arrows base
arrows search base
arrows cnn base
arrows worker base
arrows results base search
arrows orchestrator base search cnn worker results

# library PATTERN FILE...: the header pattern may stand in these files alone.
library() {
    pattern=$1
    shift
    allowed=$(echo "$*" | sed 's/ /|/g; s/\*/[a-z0-9_]*/g')
    complain "<$pattern> belongs in $* alone" \
        "$(grep -nHE "^ *# *include *<$pattern" base/*.[ch] search/*.[ch] cnn/*.[ch] worker/*.[ch] results/*.[ch] \
            orchestrator/*.[ch] | grep -vE "^($allowed):")"
}
library 'mpi\.h' 'orchestrator/transport_mpi\.c'
library 'sqlite3' 'results/store*\.[ch]'
library 'cjson' 'base/json\.c'
library '(gsl/|cblas)' 'search/*\.[ch]' 'results/stats\.c'
library 'oneapi' 'cnn/onednn_*\.[ch]'
library 'libsmartcols' 'results/table_text\.c'
library 'zlib' 'cnn/*\.[ch]'
library 'zip\.h' 'cnn/npz\.c'
library 'jpeglib' 'cnn/image_jpeg\.c'
library 'png\.h' 'cnn/image_png\.c'

complain "folders and files are named after what they hold" \
    "$(find . -name .git -prune -o -path ./build -prune -o -print | grep -E '(^|/)(util|utils|common|misc|helper|helpers)(\.|/|$)')"

[ $failed -eq 0 ] && echo "include arrows: ok"
exit $failed
