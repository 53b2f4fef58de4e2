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

installs_and_works_elsewhere() {
    rm -rf target/wheel-installed &&
        "$venv/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
            --target target/wheel-installed target/wheels/vestibule-*-cp310-abi3-*.whl &&
        test -f target/wheel-installed/vestibule/py.typed &&
        test -f target/wheel-installed/vestibule/_vestibule.pyi &&
        PYTHONPATH=target/wheel-installed "$venv/python" -m pytest -q -p no:cacheprovider -k 'Accept' bindings-python/tests
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
    check 'it installs and works' installs_and_works_elsewhere
    check 'the stubs are true (stubtest)' stubs_are_true
    check 'types are right (mypy --strict)' types_are_right
    check 'style is kept (ruff)' style_is_kept
    ;;
77) skipped=5 ;;
*)
    failed=5
    echo 'FAILED  the virtual environment could not be made'
    ;;
esac
echo "$passed passed, $failed failed, $skipped skipped"
test "$failed" -eq 0
