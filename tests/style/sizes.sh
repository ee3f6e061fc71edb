#!/bin/sh
# A report for reviewers: the longest files and functions, and the median function.
set -eu
cd "$(dirname "$0")/../.."
command -v ctags >/dev/null || { echo "skipped: universal-ctags is not installed"; exit 0; }

sources=$(find base search cnn worker results orchestrator -name '*.[ch]')
echo "files over 300 lines:"
wc -l $sources | grep -v ' total$' | sort -rn | awk '$1 > 300 { printf "  %5d %s\n", $1, $2 }'

functions=$(ctags --languages=C --kinds-C=f --fields=+ne -f - $sources 2>/dev/null | awk -F '\t' '
    { first = last = 0
      for (i = 4; i <= NF; i++) {
          if ($i ~ /^line:/) first = substr($i, 6)
          if ($i ~ /^end:/) last = substr($i, 5)
      }
      if (last) print last - first + 1, $1, $2 }' | sort -n)
echo "functions over 50 lines:"
echo "$functions" | sort -rn | awk '$1 > 50 { printf "  %5d %s (%s)\n", $1, $2, $3 }'
echo "$functions" | awk '{ n[NR] = $1 } END {
    printf "%d functions: median %d lines, 90th percentile %d, longest %d\n", NR, n[int((NR + 1) / 2)], n[int(NR * 0.9)], n[NR] }'
