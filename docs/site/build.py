#!/usr/bin/env python3
"""The site: docs/*.md as they stand, the reference from the `///` comments, the examples with what they print and draw.

build.py OUT GALLERY: OUT gets the pages; GALLERY is what examples/gallery.sh made. `./dev site` calls it.
build.py OUT: Doxygen alone, whose warnings are errors. `./dev check doxygen` calls it.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from reference import Reference

TOP = Path(__file__).resolve().parents[2]
FOLDERS = {
    "autograd": "Tensors, operations, gradients, files",
    "nn": "Modules, layers, losses",
    "optim": "Optimisers and schedules",
    "data": "Datasets, loaders, tables, measures",
}
written = set()
PRIVATE = {"core", "program", "ops", "kernels", "io", "detail"}
# Pages that stand elsewhere in the repository, and their place in the site.
ELSEWHERE = {"ARCHITECTURE.md": "architecture.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}


def version():
    return ".".join(re.findall(r"#define TAPEGRAD_VERSION_\w+ (\d+)", (TOP / "autograd/export.h").read_text()))


def public_headers():
    for folder in FOLDERS:
        for header in sorted((TOP / folder).rglob("*.h")):
            relative = header.relative_to(TOP)
            if not PRIVATE & set(relative.parts) and header.name != "tapegrad.h":
                yield relative


def doxygen(work):
    include = work / "include" / "tapegrad"
    shutil.rmtree(work / "xml", ignore_errors=True)
    shutil.rmtree(include, ignore_errors=True)
    include.mkdir(parents=True)
    for folder in FOLDERS:
        (include / folder).symlink_to(TOP / folder)
    for umbrella in (TOP / "autograd" / "umbrella").glob("*.h"):
        (include / umbrella.name).symlink_to(umbrella)
    settings = (TOP / "docs/site/Doxyfile").read_text()
    settings += f'\nOUTPUT_DIRECTORY = "{work}"\nINCLUDE_PATH = "{include.parent}"\nSTRIP_FROM_PATH = "{TOP}"\n'
    subprocess.run(["doxygen", "-"], input=settings, text=True, cwd=TOP, check=True)


def said_at_the_top(header):
    """The comment that opens a header, as paragraphs; what is indented is code."""
    lines = []
    for line in (TOP / header).read_text().splitlines():
        if not line.startswith("//"):
            if lines or line.startswith("#"):
                break
            continue
        lines.append(line.lstrip("/").removeprefix(" "))
    out, code = [], False
    for line in lines:
        indented = line.startswith("  ")
        if indented and not code and (not out or out[-1] == ""):
            out.append("```cpp")
            code = True
        elif code and line and not indented:
            out += ["```", ""]
            code = False
        out.append(line if code or "`" in line else re.sub(r"([*_<\[\]])", r"\\\1", line))
    return "\n".join(out + ["```"] * code)


def write(path, text):
    """Where it differs from what stands there: Sphinx builds what is newer. `written` knows what belongs here."""
    written.add(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def copy(path, to):
    written.add(to)
    to.parent.mkdir(parents=True, exist_ok=True)
    if not to.exists() or to.read_bytes() != path.read_bytes():
        shutil.copy(path, to)


def reference(work, source):
    headers = list(public_headers())
    known = Reference(work / "xml", TOP)
    index = ["# Headers", "",
             "Every public header and what it declares. `<tapegrad/tapegrad.h>` includes all but the umbrellas for libtorch's "
             "programs and for tests. [Operations](../operations.md) has the operations with their gradients and errors.", ""]
    for folder, title in FOLDERS.items():
        mine = [header for header in headers if header.parts[0] == folder]
        index += [f"- [{folder}]({folder}.md): {title}"]
        page = [f"# {folder}: {title}", "", "| header | |", "|---|---|"]
        names = []
        for header in mine:
            if header.parts[1] == "umbrella":
                spelled, name = header.name, header.stem + "-umbrella"
            else:
                spelled, name = str(header), str(header.relative_to(folder).with_suffix("")).replace("/", "-")
            names.append(f"{folder}/{name}")
            top = said_at_the_top(header)
            first = " ".join(top.split("\n\n")[0].split()).split(": ", 1)[-1].replace("|", r"\|")
            page.append(f"| [`<tapegrad/{spelled}>`]({folder}/{name}.md) | {first[:1].upper() + first[1:] if len(first) < 400 else ''} |")
            write(source / "reference" / folder / f"{name}.md",
                  f"# {spelled}\n\n`#include <tapegrad/{spelled}>`\n\n{top}\n\n{known.of_header(header)}\n")
        page += ["", "```{toctree}", ":hidden:"] + names + ["```", ""]
        write(source / "reference" / f"{folder}.md", "\n".join(page))
    index += ["", "```{toctree}", ":hidden:"] + list(FOLDERS) + ["```", ""]
    write(source / "reference/index.md", "\n".join(index))


def recipes(source, gallery):
    """A page an example: what its first comment says, its command, what that printed, its pictures, its source."""
    index = ["# Recipes", "", "Whole programs, each with what it printed and drew when this site was built, and its source.", ""]
    names = []
    for command in sorted(gallery.glob("*.command"), key=lambda p: p.stat().st_mtime_ns):
        name = command.stem
        names.append(name)
        folder = TOP / "examples" / name
        files = sorted(folder.rglob("*.cpp")) + sorted(folder.rglob("*.h"))
        files.sort(key=lambda p: p.name != "main.cpp")
        said = []
        for line in files[0].read_text().splitlines():
            if not line.startswith("//"):
                break
            said.append(line.removeprefix("//").strip())
        said = " ".join(said)
        index.append(f"- [{name}]({name}.md): {said}")
        pictures = (gallery / f"{name}.pictures").read_text().split()
        page = [f"# {name}", "", said, "", "```", "$ " + command.read_text().strip(),
                (gallery / f"{name}.txt").read_text().rstrip(), "```", "",
                f"It took {(gallery / f'{name}.seconds').read_text().strip()} s.", ""]
        for picture in pictures:
            copy(gallery / picture, source / "recipes" / picture)
            page += [f"![{Path(picture).stem.replace('_', ' ')}]({picture})", ""]
        if (gallery / f"{name}.jsonl").exists():
            page += [f'<a href="runs/{name}.html">The curves of the run</a>', ""]
        for file in files:
            page += [f"## {file.relative_to(TOP)}", "", "```cpp", file.read_text().rstrip(), "```", ""]
        write(source / "recipes" / f"{name}.md", "\n".join(page))
    index += ["", "```{toctree}", ":hidden:"] + names + ["```", ""]
    write(source / "recipes/index.md", "\n".join(index))


def moved(text, depth):
    """Links out of docs/ lead to where the site has those pages, or to a file that can be downloaded."""
    up = "../" * (depth + 1)
    for name, here in ELSEWHERE.items():
        text = text.replace(f"]({up}{name}", f"]({'../' * depth}{here}")
    return re.sub(rf"\]\({re.escape(up)}", f"]({'../' * depth}files/", text)


def pages(source):
    docs = TOP / "docs"
    for file in docs.rglob("*"):
        if file.is_file() and file.suffix != ".md" and "site" not in file.relative_to(docs).parts:
            copy(file, source / file.relative_to(docs))
    for page in docs.rglob("*.md"):
        relative = page.relative_to(docs)
        text = moved(page.read_text(), len(relative.parts) - 1)
        if relative.name == "README.md":
            relative = relative.with_name("index.md")
            text = with_toctrees(text, sorted(str(p.relative_to(docs)) for p in docs.rglob("*.md") if p != page))
        write(source / relative, text)
    for name, here in ELSEWHERE.items():
        if (TOP / name).exists():
            text = (TOP / name).read_text().replace("](docs/", "](")
            for other, there in ELSEWHERE.items():
                text = text.replace(f"]({other}", f"]({there}")
            write(source / here, text)
    for link in {link for page in list(written) if page.suffix == ".md" for link in re.findall(r"\]\((?:\.\./)*files/([^)#]+)", page.read_text())}:
        write(source / "files" / link, (TOP / link).read_text())


def with_toctrees(text, all_pages):
    """docs/README.md with what is made here, and for each section a hidden toctree of the pages that it links."""
    made = {"## Start": "- [Recipes](recipes/index.md): every example with its output, pictures and source",
            "## Reference": "- [Headers](reference/index.md): every public header and what it declares"}
    for section, line in made.items():
        text = re.sub(rf"^{section}\n\n((?:.+\n)+)", rf"{section}\n\n\1{line}\n", text, flags=re.M)
    left = [page for page in all_pages if f"]({page}" not in text]
    if left:
        text += "\n## Further pages\n\n" + "".join(f"- [{page.removesuffix('.md')}]({page})\n" for page in left)
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        links = [link.split("#")[0] for link in re.findall(r"\]\(([^):]+\.md)[^)]*\)", section)]
        text += "\n".join(["", "```{toctree}", ":hidden:", f":caption: {section.splitlines()[0]}", ""]
                          + [link.removesuffix(".md") for link in dict.fromkeys(links)] + ["```", ""])
    return text


def make_whole(out):
    """Debian's Furo imports a script as a module and a style sheet from the web server, which files have not."""
    scripts, style = out / "_static/scripts", out / "_static/styles/furo.css"
    furo, wanted = (scripts / "furo.js").read_text(), 'import Gumshoe from "./gumshoe-patched.js";'
    if wanted in furo:
        gumshoe = (scripts / "gumshoe-patched.js").read_text().replace("export default", "const Gumshoe =")
        (scripts / "furo.js").write_text(furo.replace(wanted, gumshoe))
    css, wanted = style.read_text(), "@import url(/javascript/normalize.css/normalize.css);"
    if wanted in css:
        css = css.replace(wanted, Path("/usr/share/javascript/normalize.css/normalize.css").read_text())
    # And its compiler of style sheets leaves out what holds where the reader's system is dark.
    if "prefers-color-scheme" not in css:
        dark = "".join(re.findall(r'body\[data-theme="?dark"?\]\s*\{([^}]*)\}', css))
        css += f'\n@media (prefers-color-scheme: dark) {{ body:not([data-theme="light"]) {{ {dark} }} }}\n'
    style.write_text(css)
    shutil.copy(TOP / "docs/site/static/site.css", out / "_static")  # Sphinx keeps an older one


def main():
    out = Path(sys.argv[1]).resolve()
    work = out.parent / "site-work"
    source = work / "source"
    doxygen(work)
    if len(sys.argv) == 2:
        return
    gallery = Path(sys.argv[2]).resolve()
    reference(work, source)
    recipes(source, gallery)
    pages(source)
    for left in [path for path in source.rglob("*") if path.is_file() and path not in written]:
        left.unlink()
    environment = dict(os.environ, TAPEGRAD_VERSION=version(), PYTHONWARNINGS="ignore")
    subprocess.run(["sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "-c", str(TOP / "docs/site"),
                    "-d", str(work / "doctrees"), str(source), str(out)], env=environment, check=True)
    make_whole(out)
    runs = out / "recipes/runs"
    runs.mkdir(exist_ok=True)
    for log in gallery.glob("*.jsonl"):
        shutil.copy(log.with_suffix(".html"), runs)
    print(f"site: {out}/index.html, {len(list(out.rglob('*.html')))} pages")


if __name__ == "__main__":
    main()
