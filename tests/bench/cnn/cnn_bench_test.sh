#!/bin/sh
# The quick form of the benchmark, with a stand-in for PyTorch's interpreter. Asserts that everything is printed, and nothing of
# how fast it is.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "FAILED: $*"
    for file in out err; do
        [ ! -f $file ] || sed "s/^/$file: /" $file
    done
    exit 1
}

has() {
    grep -qE -- "$1" "$2" || fail "no line of $2 is like '$1'"
}

# Trains nothing, and does not know one of its forms.
cat >python <<'DRIVER'
#!/bin/sh
while read -r line; do
    case $line in
    *open*channels_last*) echo '{"error": "no such layout here"}' ;;
    *open*) echo '{"opened": "a stand-in"}' ;;
    *) echo '{"images": 2, "cpu_s": 1, "wall_s": 2, "peak_bytes": 1000000}' ;;
    esac
done
DRIVER
chmod +x python

"$CNN_BENCH" --quick --networks lenet5,resnet20 --sweep lenet5 --pytorch ./python >out 2>err || fail "the quick form ends with $?"
has '^speed, lenet5: 1 x 28 x 28, batch 2, threads 1, rounds 1$' out
has '^speed, resnet20: 3 x 32 x 32' out
has '^batches, lenet5: .*batch 2' out
has '^threads, lenet5: .*threads 1,' out
has '^  wattune +fp32 +[0-9]+ \([0-9]+ to [0-9]+\) +[0-9]+ +[0-9]+' out
has '^  convolutions alone +fp32 +[0-9]' out
has '^  pytorch, contiguous +fp32 +2 \(2 to 2\) +1 +1' out
has '^  pytorch, channels last +fp32 +not measured: no such layout here' out
has '^  [0-9]+ ms .*1 starts' out
has 'lenet5, fp32: times PyTorch.* (met|missed)$' out
has 'resnet20, fp32: share .* [0-9.]+ .*(met|missed)$' out
has 'vgg6, fp32: share .*not measured: it did not run' out
has 'process start to first step.* (met|missed)$' out
has 'allocations of ours .* 0 .*met$' out

"$CNN_BENCH" --quick --parts speed --networks lenet5 --pytorch none --format csv >out 2>err || fail "CSV ends with $?"
has '^speed,lenet5,"wattune",fp32,2,1,1,[0-9.e+]+,' out
! grep -q pytorch out || fail "PyTorch was not left out"
"$CNN_BENCH" --quick --parts speed --networks lenet5 --pytorch ./absent --format json >out 2>err || fail "JSON ends with $?"
has '"not_measured":' out
has '"goals":' out

# Mistakes.
! "$CNN_BENCH" --turtles 3 >out 2>err || fail "--turtles is taken"
has "no option '--turtles'" err
! "$CNN_BENCH" --parts race >out 2>err || fail "--parts race is taken"
has "no part 'race'" err
! "$CNN_BENCH" --seconds -1 >out 2>err || fail "--seconds -1 is taken"
printf '%s\n' 'turtles' '{"run": 1}' '{"open": {"model": "turtle", "form": "step"}}' '{"turtle": 1}' | "$CNN_BENCH" --driver >out
[ "$(grep -c '"error"' out)" -eq 4 ] || fail "the driver takes turtles"
has "there is no model 'turtle'" out
"$CNN_BENCH" --help | grep -q -- --pytorch || fail "--help"
echo "cnn_bench: ok"
