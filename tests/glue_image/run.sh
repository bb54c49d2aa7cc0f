#!/bin/sh
# The jobs' tests in AWS's image of Glue: run.sh IMAGE DOCKER. As AWS documents it, but for two things: nothing there can
# change the project, and there are no credentials, for no test needs any.
set -eu
image=$1
shift
if ! said=$("$@" ps --quiet 2>&1); then
  reason=$(printf '%s\n' "$said" | tail -n 1)
  echo "make test-glue needs a container engine, and \"$* ps\" fails ($reason): install or start one (another than" \
    "Docker: DOCKER=podman), or run make test-wheel, which needs none" >&2
  exit 2
fi
workspace=/home/hadoop/workspace
set -- "$@" run --rm --user hadoop --volume "$PWD:$workspace:ro" --workdir "$workspace"
if [ -t 0 ] && [ -t 1 ]; then set -- "$@" -it; fi
exec "$@" "$image" -c "sh tests/glue_image/inside.sh"
