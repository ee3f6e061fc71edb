#!/bin/sh
# The same study alone and on 1, 2 and 9 ranks, through a hostfile, and with a coordinator that works: the strategies whose
# proposals do not depend on the order of results give the same trials everywhere.
. "$(dirname "$0")/shell.sh"
command -v mpirun >/dev/null || { echo "skipped: there is no mpirun"; exit 77; }

cat >toy.json <<'STUDY'
{
  "name": "toy", "seed": 5,
  "trial": { "kind": "function", "function": "branin", "duration_s": 0.01 },
  "space": { "x": { "type": "real", "low": -5, "high": 10, "grid": 4 },
             "y": { "type": "real", "low": 0, "high": 15, "grid": 4 } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ],
  "strategies": [ "grid", "random", "sobol", "bayes" ],
  "budget": { "trials": 16 }
}
STUDY

fixed() {
    identity "$1" | grep -v "'bayes'"
}
expect 0 "$WATTUNE" run toy.json --db alone.db
fixed alone.db >alone.txt
equal "$(wc -l <alone.txt)" 48 "trials of grid, random and sobol"
for ranks in 1 2 9; do
    expect 0 mpi "$ranks" "$WATTUNE" run toy.json --db "ranks$ranks.db"
    fixed "ranks$ranks.db" | cmp -s - alone.txt || fail "on $ranks ranks the trials differ"
    equal "$(identity "ranks$ranks.db" | wc -l)" 64 "complete trials on $ranks ranks"
done
identity ranks1.db >one.txt
identity alone.db | cmp -s - one.txt || fail "one rank differs from no mpirun"
identity ranks2.db | cmp -s - one.txt || fail "one worker differs from no mpirun"

echo "$(hostname) slots=4" >hosts
MPI_OPTIONS="--hostfile hosts"
expect 0 mpi 3 "$WATTUNE" run toy.json --db hosts.db --coordinator-works
fixed hosts.db | cmp -s - alone.txt || fail "with a hostfile the trials differ"
MPI_OPTIONS=

# A rank whose meters are not those of its host takes no part, and says why; the others go on.
cat >rank.sh <<'RANK'
[ "$OMPI_COMM_WORLD_RANK" != 2 ] || export WATTUNE_MODEL_IDLE_W=0.5 WATTUNE_MODEL_MAX_W=1
exec "$WATTUNE" run metered.json --db metered.db
RANK
sed 's/"budget"/"energy": { "meters": ["model"] }, "budget"/' toy.json >metered.json
expect 0 mpi 3 env WATTUNE="$WATTUNE" sh rank.sh
says err "rank 2 on $(hostname) cannot take part: the ranks of this host have different meters"
says err "rank 2 has \"model:site\""
equal "$(identity metered.db | wc -l)" 64 "complete trials of the other ranks"

# A mistake is told once, not by every rank, and ends all of them.
expect 2 mpi 3 "$WATTUNE" run missing.json
equal "$(grep -c 'missing.json: cannot open' err)" 1 "how often a mistake is told"
done_checking
