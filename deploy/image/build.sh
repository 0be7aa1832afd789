#!/usr/bin/env bash
# Makes the container image from what `npm run build` made, without a registry: with buildah, which it installs from
# Debian where it is missing. See Containerfile for a base of your own.
#
#   deploy/image/build.sh [ARCHIVE]
#
# The image is lockstep:VERSION in buildah's storage; with ARCHIVE it is (also) written there, for `ctr images import`,
# `docker load` or `skopeo copy docker-archive:…`. Environment:
#   IMAGE          another name, e.g. registry.example.com/lockstep:0.1.0
#   BASE           a base image that has Node, instead of an empty root with this machine's Node
#   LIMIT          MB that the image may have, packed and unpacked; default 100, which Node 20 keeps (Node 22 alone is 107)
#   BUILDAH_ROOT   a directory for buildah's storage, instead of the user's own
set -euo pipefail
cd "$(dirname "$0")/../.."
archive=${1:-}
base=${BASE:-scratch}
limit=${LIMIT:-100}

missing() { echo "build.sh: $1" >&2; exit 1; }
command -v node >/dev/null || missing 'node is not here; install Node 20.19 or newer'
[ -f dist/cli.js ] || missing 'dist/cli.js is not here; build the program first: npm ci && npm run build'
if ! command -v buildah >/dev/null; then
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || missing 'buildah is not here, and only root on a Debian can install it by itself: apt-get install buildah'
  echo 'buildah is not here: installing the package of this Debian'
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends buildah; } >/dev/null 2>&1 ||
    missing 'the package buildah could not be installed: apt-get install buildah'
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image=${IMAGE:-docker.io/library/lockstep:$(node -p 'require("./package.json").version')}
buildah=(buildah)
# vfs needs nothing of the kernel: this storage is not kept.
[ -z "${BUILDAH_ROOT:-}" ] || buildah+=(--root "$BUILDAH_ROOT" --runroot "$work/run" --storage-driver vfs)

if [ "$base" = scratch ]; then node deploy/image/rootfs.mjs "$work/rootfs"; else node deploy/image/rootfs.mjs --program-only "$work/rootfs"; fi
# A fixed time: the same program makes the same layer.
"${buildah[@]}" build --quiet --timestamp 0 --build-arg "BASE=$base" --tag "$image" --file Containerfile "$work/rootfs" >/dev/null

# What a registry keeps and a node pulls: the layers, compressed.
"${buildah[@]}" push --quiet "$image" "oci:$work/oci"
megabytes() { echo $((($(du -sb "$1" | cut -f1) + 999999) / 1000000)); }
pulled=$(megabytes "$work/oci/blobs")
unpacked=$(megabytes "$work/rootfs")
if [ -n "$archive" ]; then
  mkdir -p "$(dirname "$archive")"
  rm -f "$archive"
  "${buildah[@]}" push --quiet "$image" "docker-archive:$archive:$image"
fi
of_base=
[ "$base" = scratch ] || of_base=" beside $base"
echo "$image: $pulled MB to pull, $unpacked MB unpacked$of_base${archive:+, in $archive}"
if [ "$unpacked" -ge "$limit" ]; then
  (cd "$work/rootfs" && du --all --si --apparent-size --threshold=1M . | sort -rh) >&2
  missing "the image is $unpacked MB unpacked; it should be below $limit MB (LIMIT=… allows more)"
fi
[ "$pulled" -lt "$limit" ] || missing "the image is $pulled MB to pull; it should be below $limit MB"
