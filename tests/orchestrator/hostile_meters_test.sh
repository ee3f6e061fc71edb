#!/bin/sh
# `wattune meters` on machines that mean it ill: nothing holds it up, nothing gets into its words, and nothing becomes a figure.
. "$(dirname "$0")/shell.sh"

# meters: run it below the root `tree`, in bounded time.
meters() {
    expect 0 timeout 60 env WATTUNE_SYSROOT="$work/tree" "$WATTUNE" meters
    [ "$(tr -d '\11\12\40-\176\200-\377' <out | wc -c)" -eq 0 ] || fail "control characters in the report"
}

# Names that would write to a terminal, add lines, or climb out of their folder.
esc=$(printf '\033[31m')
mkdir -p tree/proc tree/sys/class/hwmon/hwmon1 tree/sys/class/hwmon/"hwmon1
present" tree/sys/class/power_supply/"BAT0$esc" tree/sys/class/power_supply/"BAT1
node       measured" tree/sys/class/powercap/intel-rapl:0 tree/sys/class/powercap/"intel-rapl:0;reboot" tree/sys/class/dmi/id
printf 'package-0\npowercap   present' >tree/sys/class/powercap/intel-rapl:0/name
printf '%spackage-1' "$esc" >tree/sys/class/powercap/"intel-rapl:0;reboot"/name
echo 5000000 >tree/sys/class/powercap/intel-rapl:0/energy_uj
echo power_meter >tree/sys/class/hwmon/hwmon1/name
echo 5000000 >tree/sys/class/hwmon/hwmon1/power1_average
printf '%sGrace\nbooked\007' "$esc" >tree/sys/class/hwmon/hwmon1/power1_oem_info
printf 'cpu  1 2 3 4 5 6 7\ncpu0 1 2 3\n' >tree/proc/stat
printf 'vendor_id\t: X%s\nflags\t\t: hypervisor\n' "$esc" >tree/proc/cpuinfo
printf 'QEMU%s\nThis is no virtual machine.' "$esc" >tree/sys/class/dmi/id/sys_vendor
meters
says out "package    powercap, measured"
says out "virtual machine (QEMU?[31m)"
equal "$(grep -c '^powercap   present' out)" 1 "how often powercap is present"
equal "$(grep -c '^This is no virtual machine' out)" 0 "what the firmware says"
equal "$(grep -c '^node       measured' out)" 0 "what a folder says"

# Files that never end, pipes that never answer, and a tree that is a file.
rm -rf tree
mkdir -p tree/proc tree/sys/class/powercap/intel-rapl:0 tree/sys/cray/pm_counters
mkfifo tree/proc/stat tree/proc/cpuinfo tree/sys/class/powercap/intel-rapl:0/name
ln -s /dev/zero tree/sys/cray/pm_counters/freshness
ln -s /dev/urandom tree/sys/cray/pm_counters/energy
meters
says out "Nothing can be measured here: joules stay empty, never 0."
rm -rf tree
echo 1 >tree
meters
says out "Nothing can be measured here"

# The site's program: all that is no reading is absent, and it is gone afterwards.
rm -f tree
mkdir tree
program() {
    WATTUNE_METER_COMMAND=$1
    export WATTUNE_METER_COMMAND
    meters
    unset WATTUNE_METER_COMMAND
}
for line in "1e999 J" "nan J" "-5 W" "inf W" "0x10 J" "5" "J" "5 kJ" "5 J extra" "" "99999999999999 J"; do
    program "echo '$line'; exec sleep 1000"
    says out "command    absent"
done
program "exec yes"
says out "command    absent"
program "exec yes >&2"
says out "command    absent"
program "cat /dev/zero"
says out "command    absent"
program "printf '\033[31mred\n'; exec sleep 1000"
says out "\"?[31mred\" is no reading"
program "exit 3"
says out "command    absent"
program "trap '' TERM; while :; do echo 7 W; sleep 0.1; done"
says out "command    present"
says out "(integrated)"
program "while :; do echo 7 W; done"
says out "command    present"
program "(setsid sleep 3 &) ; while :; do echo 7 W; echo noise >&2; sleep 0.05; done"
says out "command    present"
done_checking
