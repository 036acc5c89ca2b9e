#!/bin/sh
# Write the locked dependencies anew from pyproject.toml; needs uv. `scripts/lock.sh --upgrade` takes newer versions.
# The files name no package index: where packages come from is pip's own configuration.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile pyproject.toml --extra server --group build --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --quiet "$@"
}
compile --output-file requirements/server.lock "$@"
compile --group dev --constraint requirements/server.lock --output-file requirements/dev.lock "$@"
