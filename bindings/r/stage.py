"""Makes the R package's source tarball, which needs nothing else of this repository.

stage.py SOURCE BUILD OUT VERSION R C_SOURCE...: gathers the package's own files, the C sources and headers, SWIG's
output and the example plans in OUT/stage, and has R build OUT/stpfin_VERSION.tar.gz of them, unless they are as
before. Vignettes are made where knitr is.
"""

import filecmp
import os
import pathlib
import re
import shutil
import subprocess
import sys

# What Debian calls the libraries.
PACKAGES = {"gsl": "libgsl-dev", "glpk": "libglpk-dev", "jansson": "libjansson-dev", "libmd": "libmd-dev",
            "xlsxwriter": "libxlsxwriter-dev zlib1g-dev"}


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def fill(path, values):
    """Put values for @NAME@ in a file."""
    path.write_text(re.sub(r"@([A-Z_]+)@", lambda found: values.get(found[1], found[0]),
                           path.read_text(encoding="utf-8")), encoding="utf-8")


def copy_package(source, stage):
    shutil.copytree(source / "bindings" / "r", stage,
                    ignore=shutil.ignore_patterns("meson.build", "stage.py", "install.sh", "check.sh", "*.in"))
    copy(source / "bindings" / "r" / "DESCRIPTION.in", stage / "DESCRIPTION")
    copy(source / "bindings" / "r" / "src" / "Makevars.in", stage / "src" / "Makevars.in")
    copy(source / "CHANGELOG.md", stage / "NEWS.md")


def copy_c(source, build, stage, c_sources):
    """The C sources and headers, in their own folders; the objects they make."""
    for header in (source / "libstpfin").rglob("*.h"):
        copy(header, stage / "src" / header.relative_to(source))
    for folder in (source / "include", build / "include"):
        for header in (folder / "stpfin").glob("*.h"):
            copy(header, stage / "src" / "include" / "stpfin" / header.name)
    for path in c_sources:
        copy(path, stage / "src" / path.relative_to(source))
    copy(build / "bindings" / "r" / "stpfin_wrap.c", stage / "src" / "stpfin_wrap.c")
    return ["stpfin_wrap.o", *(path.relative_to(source).with_suffix(".o").as_posix() for path in c_sources)]


def check_wrapper(wrapper):
    """SWIG's own typemaps trust what R gives and free what is not theirs: all are to be r.i's."""
    text = wrapper.read_text(encoding="utf-8")
    routines = text[text.index("\nR_swig_"):]
    found = re.findall(r"^.*(?:_rswig|SWIG_R_(?:ConvertPtr|NewPointerObj)|SWIG_As|free\(arg).*$", routines, re.M)
    if found:
        sys.exit("stpfin_wrap.c: r.i has no typemap for what these lines do:\n" + "\n".join(found))


def copy_examples(source, stage):
    for package in sorted((source / "data").rglob("datapackage.json")):
        for path in package.parent.iterdir():
            if path.suffix in (".csv", ".json", ".geojson"):
                copy(path, stage / "inst" / "extdata" / package.parent.name / path.name)


def read_libraries(build):
    """The modules of pkg-config that the library is linked with, its other libraries, and what threads need."""
    text = (build / "meson-private" / "stpfin.pc").read_text(encoding="utf-8")
    fields = dict(re.findall(r"^([A-Za-z.]+): *(.*)$", text, re.M))
    modules = [module.split()[0] for module in fields["Requires.private"].split(",")]
    flags = fields["Libs.private"].split()
    return modules, [flag for flag in flags if flag.startswith("-l")], [flag for flag in flags if flag == "-pthread"]


def is_same(a, b):
    """Whether two folders hold the same files."""
    compared = filecmp.dircmp(a, b)
    differ = filecmp.cmpfiles(a, b, compared.common_files, shallow=False)
    return not (compared.left_only or compared.right_only or differ[1] or differ[2]) and all(
        is_same(pathlib.Path(a) / name, pathlib.Path(b) / name) for name in compared.common_dirs)


def main():
    source, build, out = (pathlib.Path(path).resolve() for path in sys.argv[1:4])
    version, r = sys.argv[4:6]
    stage = out / "stage.new"
    shutil.rmtree(stage, ignore_errors=True)
    copy_package(source, stage)
    check_wrapper(build / "bindings" / "r" / "stpfin_wrap.c")
    objects = copy_c(source, build, stage, [pathlib.Path(path).resolve() for path in sys.argv[6:]])
    copy_examples(source, stage)
    modules, others, threads = read_libraries(build)
    fill(stage / "DESCRIPTION", {"VERSION": version})
    packages = ["pkg-config", "libcsv-dev", "librandom123-dev", *map(PACKAGES.__getitem__, modules)]
    fill(stage / "configure", {"MODULES": " ".join(modules), "PACKAGES": " ".join(packages)})
    fill(stage / "src" / "Makevars.in", {"OBJECTS": " ".join(objects), "OTHER_LIBS": " ".join([*others, *threads]),
                                         "THREADS": " ".join(threads)})
    before = out / "stage"
    tarball = out / f"stpfin_{version}.tar.gz"
    if tarball.exists() and before.exists() and is_same(before, stage):
        shutil.rmtree(stage)
        return
    vignettes = subprocess.run([r, "--vanilla", "-e", 'quit(status = !requireNamespace("knitr"))'], check=False,
                               capture_output=True).returncode == 0
    done = subprocess.run([r, "CMD", "build", *([] if vignettes else ["--no-build-vignettes"]), stage.name], check=False,
                          cwd=out, capture_output=True, encoding="utf-8",
                          env=os.environ | {"LC_ALL": "C.UTF-8", "MAKEFLAGS": f"-j{os.cpu_count()}"})
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    shutil.rmtree(before, ignore_errors=True)
    stage.rename(before)


main()
