#!/bin/sh
# The virtual environment of the wheel and of the stub tests: target/venv, with the exact versions of requirements-dev.txt.
# A complete one is left alone, so that the second run needs no network. Exit status 77: this Python cannot make one.
set -eu
cd "$(dirname "$0")/.."
wanted=bindings-python/requirements-dev.txt
stamp=target/venv/.complete
if cmp -s "$wanted" "$stamp" && target/venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi
if ! "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null; then
    echo 'skipped: this Python has no ensurepip (apt install python3-venv)'
    exit 77
fi
"${PYTHON:-python3}" -m venv --clear target/venv
target/venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
cp "$wanted" "$stamp"
