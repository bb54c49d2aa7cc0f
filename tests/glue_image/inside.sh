#!/bin/sh
# Runs in AWS's image of Glue, in the project's folder: what its Python lacks goes to a folder beside, and so does
# whatever the tests write. The image's own Spark, boto3, pandas and awsglue stay as they are.
set -eu
project=$PWD
scratch=$(mktemp -d)
export PYTHONDONTWRITEBYTECODE=1
python3 -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
  --target "$scratch/packages" -r requirements/glue-image.lock
export PYTHONPATH="${PYTHONPATH:+$PYTHONPATH:}$project:$scratch/packages"
cd "$scratch"
exec python3 -m pytest --disable-warnings -p no:cacheprovider --glue=image "$project/tests/glue_jobs" "$@"
