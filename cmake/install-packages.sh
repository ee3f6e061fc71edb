#!/bin/sh
# Install the Debian or Ubuntu packages that Wattune needs: cmake/install-packages.sh [build|test]
# Does nothing when they are there already, so that it needs neither the network nor root a second time.
set -eu

purpose=${1:-build}
packages="gcc libc6-dev cmake ninja-build pkg-config libopenmpi-dev openmpi-bin libgsl-dev libopenblas-dev
libcjson-dev libsqlite3-dev libdnnl-dev libsmartcols-dev zlib1g-dev
libzip-dev libjpeg-dev libpng-dev"
optional=
case $purpose in
build) ;;
test) packages="$packages libcmocka-dev curl python3 sqlite3 valgrind"
    # Tools of the style checks, which are skipped where the distribution has another version.
    optional="clang-format-14 clang-tidy-14 universal-ctags" ;;
*)
    echo "usage: cmake/install-packages.sh [build|test]" >&2
    exit 2
    ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "This system has no apt-get. Wattune is built on Debian 12, Ubuntu 24.04 and newer; elsewhere, install what" >&2
    echo "these packages hold and run 'cmake --preset release && cmake --build build/release':" >&2
    echo "$packages" | tr '\n' ' ' | fold -s -w 100 | sed 's/^/  /' >&2
    exit 1
fi

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for package in $packages; do
    installed "$package" || missing="$missing $package"
done
wanted=
for package in $optional; do
    installed "$package" || wanted="$wanted $package"
done
[ -n "$missing$wanted" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing, and there is no sudo to install them with:$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
$as_root apt-get update -q
for package in $wanted; do
    apt-cache show "$package" >/dev/null 2>&1 && missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
