"""Make `.venv` with all that Coliseum needs, from the system's Python alone: ``python3 scripts/setup.py``.

``server`` (the default) installs what `make up` runs; ``dev`` also what `make check` and `make test` use.
The versions are those of requirements/*.lock, checked by their hashes. Nothing is compiled, and nothing
outside the checkout is changed. The system's Python reads this file, however old it is: plain syntax only.
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
QUIET = ["--quiet", "--disable-pip-version-check", "--no-input"]
IS_NEW_ENOUGH = "import sys, venv; sys.exit(sys.version_info < %r)" % (OLDEST,)


def main(kind):
    """Make or complete `.venv`; where that is impossible, end with one sentence."""
    use_new_enough_python()
    make_venv()
    install = find_installer()
    lock = os.path.join(ROOT, "requirements", kind + ".lock")
    say("Installing the packages of requirements/%s.lock (once; it takes a minute or two) ..." % kind)
    if not works(install + ["--require-hashes", "--only-binary", ":all:", "-r", lock], show=True):
        fail("The packages could not be installed; the lines above say why.")
    # The project itself is a link to src/, made by the locked setuptools without asking any index.
    if not works(install + ["--no-deps", "--no-index", "--no-build-isolation", "-e", ROOT], show=True):
        fail("The project could not be installed into .venv; the lines above say why.")


def use_new_enough_python():
    """Go on in a Python that is new enough and has venv: this one, or another on the path."""
    if works([sys.executable, "-c", IS_NEW_ENOUGH]):
        return
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        path = shutil.which(name)
        if path and works([path, "-c", IS_NEW_ENOUGH]):
            os.execv(path, [path] + sys.argv)
    fail(
        "Coliseum needs Python %d.%d or newer with its venv module; this is %s, and no newer one was found."
        % (OLDEST + (sys.version.split()[0],))
    )


def make_venv():
    """Make `.venv` without pip, unless a working one is there; a broken one is replaced."""
    if works([VENV_PYTHON, "-c", IS_NEW_ENOUGH]):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not works([sys.executable, "-m", "venv", "--without-pip", VENV], show=True):
        fail("The folder .venv could not be made; the lines above say why.")


def find_installer():
    """Return the command that installs into `.venv`: by its own pip, the machine's pip or uv, or Debian's."""
    own_pip = [VENV_PYTHON, "-m", "pip"]
    if not works(own_pip + ["--version"]):
        works([VENV_PYTHON, "-m", "ensurepip"])
    if works(own_pip + ["--version"]):
        return own_pip + ["install"] + QUIET
    others_pip = [sys.executable, "-m", "pip", "--python", VENV_PYTHON]
    if works(others_pip + ["--version"]):  # pip 22.3 or newer
        return others_pip + ["install"] + QUIET
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", VENV_PYTHON]
    if shutil.which("apt-get") and install_debian_pip(own_pip):
        return own_pip + ["install"] + QUIET
    return fail(
        "This Python comes without pip and ensurepip: install the package python3-venv (Debian, Ubuntu) "
        "or uv, and run this again."
    )


def install_debian_pip(own_pip):
    """Put Debian's own pip wheel into `.venv`, without root and without installing a system package."""
    say("This Python comes without pip: taking Debian's own (python3-pip-whl) for .venv ...")
    folder = tempfile.mkdtemp(prefix="coliseum-pip-")
    try:
        fetch_debian_package("python3-pip-whl", folder)
        for wheel in glob.glob(os.path.join(folder, "usr/share/python-wheels/pip-*.whl")):
            works([VENV_PYTHON, os.path.join(wheel, "pip"), "install", "--no-index"] + QUIET + [wheel])
        return works(own_pip + ["--version"])
    finally:
        shutil.rmtree(folder)


def fetch_debian_package(name, folder):
    """Unpack a Debian package into `folder`, with the machine's package lists or else private ones."""
    private = [
        "-o",
        "Dir::State=" + os.path.join(folder, "state"),
        "-o",
        "Dir::Cache=" + os.path.join(folder, "cache"),
    ]
    private += ["-o", "Dir::State::status=/var/lib/dpkg/status", "-o", "APT::Sandbox::User="]
    os.makedirs(os.path.join(folder, "state", "lists", "partial"))
    os.makedirs(os.path.join(folder, "cache", "archives", "partial"))
    if not works(["apt-get", "download", name], folder):
        works(["apt-get"] + private + ["update"], folder)
        works(["apt-get"] + private + ["download", name], folder)
    for package in glob.glob(os.path.join(folder, name + "_*.deb")):
        works(["dpkg-deb", "-x", package, folder])


def works(command, folder=None, show=False):
    """Run a command; return whether it did its work. Its output is shown only on request."""
    output = None if show else subprocess.DEVNULL
    try:
        return subprocess.call(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output) == 0
    except OSError:
        return False


def say(sentence):
    """Tell what happens, while it happens."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def fail(sentence):
    """End with one sentence."""
    sys.stderr.write(sentence + "\n")
    raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "server")
