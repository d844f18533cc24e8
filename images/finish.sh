#!/bin/sh
# The last step inside the root of a base image, the same for `docker build` and for mmdebstrap.
# Usage: finish.sh UID (of the user `cnb`; the group is 1000 in both images, so that what the build user made can
# be read by the run user, who owns none of it: paketo-buildpacks/rfcs text/0045).
set -eu
groupadd --gid 1000 cnb
useradd --uid "$1" --gid cnb --create-home --home-dir /home/cnb --shell /bin/bash cnb
# Backups of the account files are of no use, and make two images of the same packages differ.
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid-
# Sources that a platform copies in belong to another user than the one that asks git about them.
if command -v git >/dev/null; then git config --system --add safe.directory '*'; fi
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/* /var/lib/dpkg/*-old /tmp/* /var/tmp/*
rm -f /var/cache/ldconfig/aux-cache
