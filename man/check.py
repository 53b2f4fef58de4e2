#!/usr/bin/env python3
"""Holds the manual pages against the library: ends with `N passed, N failed, N skipped`.

Every exported function has one page, with the prototype of vestibule.h and the errors that the comments there name;
references lead somewhere; and mandoc has nothing to say.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = {page.name: page.read_text() for page in sorted((ROOT / "man").glob("*.[1-9]"))}
HEADER = (ROOT / "include" / "vestibule.h").read_text()
ERROR_PAGE = "vestibule_last_error.3"


def section(page: str, title: str) -> str:
    """What stands under a heading of a page."""
    match = re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", PAGES[page], re.MULTILINE | re.DOTALL)
    return match[1] if match else ""


def described(page: str) -> list[str]:
    """The names in the NAME section of a page."""
    return re.findall(r"^\.Nm (\w+)", section(page, "NAME"), re.MULTILINE)


def declared() -> dict[str, tuple[str, str]]:
    """The functions of vestibule.h: prototype, with single spaces, and comment."""
    functions = {}
    for match in re.finditer(r"((?:^//.*\n)+)^([a-z][\w *]*?\**)(vestibule_\w+)\(([^)]*)\);", HEADER, re.MULTILINE):
        comment, result, name, parameters = match.groups()
        functions[name] = (" ".join(f"{result} {name}({parameters})".split()), comment)
    return functions


def synopsis(page: str) -> set[str]:
    """The prototypes in the SYNOPSIS of a page, in the form of `declared`."""
    prototypes = set()
    result, name, parameters = "", "", []
    for macro, rest in re.findall(r"^\.(Ft|Fn|Fo|Fa|Fc) ?(.*)$", section(page, "SYNOPSIS"), re.MULTILINE):
        words = [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', rest)]
        if macro == "Ft":
            result = " ".join(words)
        elif macro == "Fa":
            parameters += words
        else:
            name, *parameters = words or [name, *parameters]
        if macro in ("Fn", "Fc"):
            prototypes.add(f"{result} {name}({', '.join(parameters)})")
    return {prototype for prototype in prototypes if not prototype.startswith("typedef ")}


def errors_listed(page: str) -> list[str]:
    """The errors in the list of a page's ERRORS section."""
    return re.findall(r"^\.It Bq Er (\w+)", section(page, "ERRORS"), re.MULTILINE)


def errors_declared(page: str) -> set[str]:
    """The errors that the comments of vestibule.h name for the functions of a page."""
    if page == ERROR_PAGE:
        return set(re.findall(r"^#define VESTIBULE_(WSA\w+)", HEADER, re.MULTILINE))
    comments = "//\n".join(declared()[name][1] for name in described(page) if name in declared())
    paragraphs = [text for text in comments.split("//\n") if text.startswith(("// Errors", "// |"))]
    return set(re.findall(r"\bWSA[A-Z_]+\b", "".join(paragraphs)))


def every_function_has_one_page() -> list[str]:
    """The exports with names of their own, against the NAME sections of section 3."""
    exports = re.findall(r"^ *(vestibule_\w+);", (ROOT / "ffi" / "vestibule.map").read_text(), re.MULTILINE)
    expected = {name for name in exports if not name.startswith("vestibule_ws_")}
    names = [name for page in PAGES if page.endswith(".3") for name in described(page)]
    wrong = [f"{name} is in no page of man/" for name in sorted(expected - set(names))]
    wrong += [f"{name} is described and not exported" for name in sorted(set(names) - expected)]
    return wrong + [f"{name} is in more than one page" for name in sorted(set(names)) if names.count(name) > 1]


def pages_name_themselves() -> list[str]:
    """A page is found by the first name that it describes."""
    return [page for page in PAGES if described(page)[:1] != [page.rsplit(".", 1)[0]]]


def prototypes_are_those_of_the_header() -> list[str]:
    """The SYNOPSIS of each page."""
    wrong = []
    for page in (page for page in PAGES if page.endswith(".3")):
        expected = {declared()[name][0] for name in described(page) if name in declared()}
        wrong += [f"{page}: {prototype}" for prototype in sorted(expected ^ synopsis(page))]
    return wrong


def errors_are_those_of_the_header() -> list[str]:
    """The ERRORS of each page."""
    wrong = []
    for page in (page for page in PAGES if page.endswith(".3")):
        listed = errors_listed(page)
        wrong += [f"{page}: {name} is only in the header" for name in sorted(errors_declared(page) - set(listed))]
        wrong += [f"{page}: {name} is only in the page" for name in sorted(set(listed) - errors_declared(page))]
        wrong += [f"{page}: {name} is there twice" for name in sorted(set(listed)) if listed.count(name) > 1]
    return wrong


def references_lead_somewhere() -> list[str]:
    """References among the pages of the project."""
    known = {(name, page.rsplit(".", 1)[1]) for page in PAGES for name in described(page)}
    return [
        f"{page}: {name}({number})"
        for page, text in PAGES.items()
        for name, number in re.findall(r"\bXr (vestibule\w*) (\d)", text)
        if (name, number) not in known
    ]


def pages_speak_of_threads_and_ownership() -> list[str]:
    """What every caller has to know stands in every page of section 3."""
    return [
        page
        for page, text in PAGES.items()
        if page.endswith(".3") and not ("thread-safe" in text and re.search(r"^\.Ss .*wnership", text, re.MULTILINE))
    ]


def settings_have_their_variables() -> list[str]:
    """Each setting of the process, in the ENVIRONMENT of the overview and in vestibule_configure."""
    settings = re.findall(r"^// Setting of the process.*\n(?://.*\n)*#define (\w+)", HEADER, re.MULTILINE)
    variables = re.findall(r"^\.It Ev (\w+)", section("vestibule.7", "ENVIRONMENT"), re.MULTILINE)
    constants = re.findall(r"^\.It Dv (\w+)", section("vestibule_configure.3", "DESCRIPTION"), re.MULTILINE)
    return [
        f"{name} is missing or too much" for name in sorted({*settings} ^ {*variables} | {*settings} ^ {*constants})
    ]


def mandoc_has_nothing_to_say() -> list[str]:
    """Its warnings."""
    command = ["mandoc", "-T", "lint", "-W", "warning", *(str(ROOT / "man" / page) for page in PAGES)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    said = result.stdout.splitlines()
    return said if said or result.returncode == 0 else [f"status {result.returncode}: {result.stderr}"]


CHECKS: list[Callable[[], list[str]]] = [
    every_function_has_one_page,
    pages_name_themselves,
    prototypes_are_those_of_the_header,
    errors_are_those_of_the_header,
    references_lead_somewhere,
    pages_speak_of_threads_and_ownership,
    settings_have_their_variables,
    mandoc_has_nothing_to_say,
]


def main() -> int:
    """Runs all checks and counts them."""
    passed = failed = skipped = 0
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        if check is mandoc_has_nothing_to_say and not shutil.which("mandoc"):
            skipped += 1
            print(f"skipped: {name}: no mandoc (Debian: mandoc)")
        elif wrong := check():
            failed += 1
            print(f"FAILED  {name}", *wrong, sep="\n        ")
        else:
            passed += 1
            print(f"ok      {name}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
