# Sourced by scripts that fetch Debian packages of suites which this machine does not use, and install
# none of them: apt with state of its own, on the Debian mirror that this machine's apt uses (or
# $FUSEWIRE_DEBIAN_MIRROR).
# shellcheck shell=sh

private_apt_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Prints why private apt cannot work here; nothing if it can.
private_apt_obstacle() {
    for private_apt_tool in apt-get apt-config dpkg-deb; do
        if ! command -v $private_apt_tool >/dev/null; then
            echo "$private_apt_tool is missing: this needs a Debian machine"
            return
        fi
    done
    if [ ! -r $private_apt_keyring ]; then
        echo "$private_apt_keyring is missing (package debian-archive-keyring)"
    elif [ -z "$(debian_mirror)" ]; then
        echo "apt's configuration names no Debian mirror; set FUSEWIRE_DEBIAN_MIRROR"
    fi
}

debian_mirror() {
    if [ -n "${FUSEWIRE_DEBIAN_MIRROR:-}" ]; then
        echo "$FUSEWIRE_DEBIAN_MIRROR"
        return
    fi
    # shellcheck disable=SC2016 # apt expands it
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/*$' || true
}

# private_apt DIR: from here on apt keeps its state in DIR and knows no source. apt's own files,
# sources and hooks stay out of it; its proxies and certificates are kept.
private_apt() {
    mkdir -p "$1/none" "$1/state/lists/partial" "$1/cache/archives/partial"
    {
        apt-config dump | grep '^Acquire::' | grep -v '^Acquire::Changelogs' || true
        cat <<END
Acquire::Languages "none";
APT::Sandbox::User "$(id -un)";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "$1/none";
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "$1/none";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "$1/none";
Dir::State "$1/state";
Dir::State::status "/dev/null";
Dir::Cache "$1/cache";
END
    } >"$1/apt.conf"
    private_apt_mirror=$(debian_mirror)
    export APT_CONFIG="$1/apt.conf"
}

# private_apt_update DIR SUITE...: the package lists of these suites. Prints the reason of a failure.
private_apt_update() {
    private_apt_dir=$1
    shift
    for private_apt_suite in "$@"; do
        echo "deb [signed-by=$private_apt_keyring] $private_apt_mirror $private_apt_suite main"
    done >"$private_apt_dir/sources.list"
    apt-get -qq update >"$private_apt_dir/log" 2>&1 && ! grep -q '^[EW]: Failed' "$private_apt_dir/log" && return
    grep -m 1 '^[EW]: Failed' "$private_apt_dir/log" || echo "apt-get update failed"
    return 1
}
