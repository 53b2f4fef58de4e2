#!/bin/sh
# The checks of the Python package that need pip: the wheel, the stubs, types and style. Expects the staged package
# (stage.sh). Ends with `N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/.."
passed=0
failed=0
skipped=0
venv=target/venv/bin
settings=bindings-python/pyproject.toml
output=target/python-check.log
empty=$PWD/target/wheel-environment
export MYPY_CACHE_DIR="$PWD/target/mypy"

check() {
    name=$1
    shift
    if "$@" >"$output" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $name"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        sed 's/^/        /' "$output"
    fi
}

builds_a_wheel() {
    rm -rf target/wheels && sh bindings-python/wheel.sh
}

# What runs in the empty environment: no variable of ours, no directory of ours.
elsewhere() {
    (cd "$empty" && env -u PYTHONPATH -u PYTHONHOME -u VIRTUAL_ENV "$@")
}

# An environment of this Python that has pip and nothing else, made without a network.
installs_into_an_empty_environment() {
    rm -rf "$empty" && "${PYTHON:-python3}" -m venv "$empty" &&
        ! elsewhere bin/python -c 'import vestibule' &&
        elsewhere bin/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
            "$PWD"/target/wheels/vestibule-*-cp310-abi3-*.whl &&
        elsewhere bin/python -m pip --disable-pip-version-check check &&
        elsewhere bin/python -m pip --disable-pip-version-check show vestibule | grep '^Version: '
}

works_there() {
    cp bindings-python/tests/installed.py "$empty/program.py" &&
        elsewhere bin/python -I program.py &&
        elsewhere bin/python "$PWD/bindings-python/tests/run.py" Accept
}

uninstalls() {
    elsewhere bin/python -m pip uninstall --quiet --disable-pip-version-check --yes vestibule &&
        ! elsewhere bin/python -c 'import vestibule' &&
        ! find "$empty"/lib -iname '*vestibule*' | grep .
}

stubs_are_true() {
    # From elsewhere, because stubtest imports what the current directory has.
    (cd target && MYPYPATH=python PYTHONPATH=python ../"$venv/stubtest" --mypy-config-file ../"$settings" vestibule)
}

types_are_right() {
    "$venv/mypy" --config-file "$settings" bindings-python/python/vestibule &&
        MYPYPATH=target/python "$venv/mypy" --config-file "$settings" \
            bindings-python/tests/typing_example.py conformance/drivers/python/driver.py
}

style_is_kept() {
    "$venv/ruff" check --no-cache --config "$settings" bindings-python conformance/drivers/python scripts demo man &&
        "$venv/ruff" format --no-cache --check --config "$settings" bindings-python conformance/drivers/python scripts demo man
}

sh bindings-python/venv.sh
case $? in
0)
    check 'the wheel is built' builds_a_wheel
    check 'it installs into an empty environment' installs_into_an_empty_environment
    check 'it works there' works_there
    check 'it uninstalls without a trace' uninstalls
    check 'the stubs are true (stubtest)' stubs_are_true
    check 'types are right (mypy --strict)' types_are_right
    check 'style is kept (ruff)' style_is_kept
    ;;
77) skipped=7 ;;
*)
    failed=7
    echo 'FAILED  the virtual environment could not be made'
    ;;
esac
echo "$passed passed, $failed failed, $skipped skipped"
test "$failed" -eq 0
