#!/usr/bin/python3
"""Applies each small wrong change of mutants.txt to a copy of the tree, alone, and looks whether a test sees it.

usage: ./dev mutants [NAME...]      all of them, which also writes docs/mutants.md; or those named

The copy is build/mutants/tree; its build is kept, so that a mutant costs what it changes. A mutant is killed where a
test fails, crashes or does not end; one that does not compile says nothing and must be replaced. The text that a mutant
replaces must stand in its file exactly once. mutants.txt, block by block:

    = NAME CLASS FILE          CLASS: gradient, kernel, tape, shape or other
    : WHAT IS WRONG            for the table
      LINE                     lines as in a diff, but for their indentation: as it stands,
    - LINE                     what goes,
    + LINE                     what comes
    ? TEST...                  where to look first: an operation of the registry, or a GoogleTest filter
"""
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
TREE = TOP / "build/mutants/tree"
BUILD = TREE / "build/release"
PROGRAMS = ("autograd_tests", "nn_tests", "optim_tests", "files_tests")
FIRST_BY_FOLDER = {"nn": ("nn_tests",), "optim": ("optim_tests",)}
CLASSES = {
    "gradient": "Gradients",
    "kernel": "Kernels",
    "tape": "The tape",
    "shape": "Shape rules and checks",
    "other": "Modules and optimisers",
}
SECONDS = 120


class Mutant:
    def __init__(self, name, kind, file):
        self.name, self.kind, self.file = name, kind, file
        self.what, self.first = "", []
        self.old, self.new = [], []
        self.killed_by = None  # of a test, or "" where it survives

    def apply(self):
        """The mutated text of its file."""
        lines = (TOP / self.file).read_text().splitlines()
        stripped = [line.strip() for line in lines]
        n = len(self.old)
        places = [i for i in range(len(lines) - n + 1) if stripped[i : i + n] == self.old]
        if len(places) != 1:
            sys.exit(f"mutants: {self.name}: its text stands {len(places)} times in {self.file}, not once")
        lines[places[0] : places[0] + n] = self.new
        return "\n".join(lines) + "\n"

    def filters(self):
        return ":".join(f"*/{t}" if re.fullmatch(r"\w+", t) else t for t in self.first)


def read_mutants():
    mutants = []
    for number, line in enumerate((TOP / "tests/mutants/mutants.txt").read_text().splitlines(), 1):
        mark, text = line[:1], line[2:].strip()
        if mark == "=":
            name, kind, file = text.split()
            if kind not in CLASSES or any(m.name == name for m in mutants):
                sys.exit(f"mutants.txt:{number}: no such class, or a name that is taken")
            mutants.append(Mutant(name, kind, file))
        elif mark == ":":
            mutants[-1].what = text
        elif mark == "?":
            mutants[-1].first = text.split()
        elif mark in ("-", "+", " "):
            if mark != "+":
                mutants[-1].old.append(text)
            if mark != "-":
                mutants[-1].new.append(text)
        elif mark not in ("", "#"):
            sys.exit(f"mutants.txt:{number}: a line begins with one of = : - + ? # or a space")
    for m in mutants:
        m.apply()
    return mutants


def output_of(*command):
    return subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout


def copy_tree():
    """Writes what differs only, so that little is built again."""
    files = set(output_of("git", "ls-files", "-co", "--exclude-standard", "-z").split("\0")) - {""}
    files = {f for f in files if (TOP / f).is_file()}
    for old in TREE.rglob("*"):
        path = old.relative_to(TREE)
        if path.parts[0] != "build" and old.is_file() and str(path) not in files:
            old.unlink()
    for f in files:
        to = TREE / f
        if not to.exists() or to.read_bytes() != (TOP / f).read_bytes():
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(TOP / f, to)
            shutil.copymode(TOP / f, to)


def build(*targets):
    done = subprocess.run(["cmake", "--build", BUILD, "--target", *targets], capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def failure(program, filters, seconds):
    """The first test that fails, with how it does; "" where all pass."""
    command = [BUILD / "tests" / program, "--gtest_fail_fast", "--gtest_color=no"]
    if filters:
        command.append(f"--gtest_filter={filters}")
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds)
        out, status = done.stdout, done.returncode
    except subprocess.TimeoutExpired as e:
        out, status = (e.stdout or b"").decode(errors="replace"), None
    if status == 0:
        return ""
    failed = re.findall(r"^\[  FAILED  \] ([\w/.]+)", out, re.MULTILINE)
    begun = re.findall(r"^\[ RUN      \] ([\w/.]+)", out, re.MULTILINE)
    if status is None:
        return f"{begun[-1] if begun else program} (does not end)"
    if status == 1 and failed:
        return failed[0]
    return f"{begun[-1] if begun else program} (crash)"


def first_killer(mutant, seconds):
    """What kills the mutant that stands in the tree; None where it does not compile."""
    first = FIRST_BY_FOLDER.get(mutant.file.split("/")[0], ())
    for program in first + tuple(p for p in PROGRAMS if p not in first):
        ok, said = build(program)
        if not ok:
            print(said)
            return None
        for filters in (mutant.filters(), "") if mutant.first and program == (first + PROGRAMS)[0] else ("",):
            if found := failure(program, filters, seconds[program]):
                return found
    return ""


def verdict(mutant):
    return {None: "DOES NOT COMPILE", "": "SURVIVES"}.get(mutant.killed_by, mutant.killed_by)


def totals(mutants):
    rows = []
    for kind, title in CLASSES.items():
        of_kind = [m for m in mutants if m.kind == kind]
        rows.append((title, len(of_kind), sum(bool(m.killed_by) for m in of_kind)))
    return rows + [("All", len(mutants), sum(bool(m.killed_by) for m in mutants))]


def cell(text):
    return text.replace("|", "\\|")


def write_page(mutants, commit):
    cpu = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    compiler = output_of("c++", "--version").splitlines()[0]
    page = [
        "# Mutants",
        "",
        "Small wrong changes to the sources, one at a time, and the test that finds each out. `./dev mutants` makes this",
        "page from [tests/mutants/mutants.txt](../tests/mutants/mutants.txt), where each change stands as a diff;",
        "`./dev mutants NAME...` tries some of them. A test that fails, crashes or does not end kills a mutant. The tests",
        "most likely to see it run first, then all; the first that fails is named, not the only one that would. Every wrong",
        "gradient and at least 95 % of all must be killed, else the command fails.",
        "",
        f"Made on {datetime.date.today()} from commit {commit}, {cpu.group(1) if cpu else os.uname().machine},",
        f"{compiler}, Release.",
        "",
        "| class | mutants | killed |",
        "|---|---:|---:|",
        *(f"| {title} | {n} | {killed} |" for title, n, killed in totals(mutants)),
    ]
    for kind, title in CLASSES.items():
        page += ["", f"## {title}", "", "| mutant | file | what is wrong | killed by |", "|---|---|---|---|"]
        page += [f"| {m.name} | {m.file} | {cell(m.what)} | {verdict(m)} |" for m in mutants if m.kind == kind]
    (TOP / "docs/mutants.md").write_text("\n".join(page) + "\n")


def main(names):
    mutants = read_mutants()
    if unknown := set(names) - {m.name for m in mutants}:
        sys.exit(f"mutants: there is no {', '.join(sorted(unknown))}")
    chosen = [m for m in mutants if not names or m.name in names]
    commit = output_of("git", "describe", "--always", "--dirty=, with changes").strip()
    copy_tree()
    options = ("-DCMAKE_BUILD_TYPE=Release", "-DTAPEGRAD_BUILD_BENCH=OFF", "-DTAPEGRAD_BUILD_EXAMPLES=OFF")
    subprocess.run(["cmake", "-G", "Ninja", "-S", TREE, "-B", BUILD, *options], check=True, stdout=subprocess.DEVNULL)
    print("mutants: building the tests", flush=True)
    ok, said = build(*PROGRAMS)
    if not ok:
        sys.exit(said)
    seconds = {}
    for program in PROGRAMS:
        start = time.monotonic()
        if found := failure(program, "", 10 * SECONDS):
            sys.exit(f"mutants: without any change {found} fails")
        seconds[program] = max(SECONDS, 4 * (time.monotonic() - start))  # on a machine that is busy
    for m in sorted(chosen, key=lambda m: m.file):  # what one file needs twice is built once
        file = TREE / m.file
        file.write_text(m.apply())
        try:
            m.killed_by = first_killer(m, seconds)
        finally:
            shutil.copyfile(TOP / m.file, file)
        print(f"{m.name:32} {m.kind:9} {verdict(m)}", flush=True)
    print()
    for title, n, killed in totals(chosen):
        print(f"{title:24} {killed} of {n} killed")
    if not names:
        write_page(mutants, commit)
    survivors = [m for m in chosen if not m.killed_by]
    return 1 if any(m.kind == "gradient" for m in survivors) or 20 * len(survivors) > len(chosen) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
