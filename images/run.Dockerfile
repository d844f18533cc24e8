# The run image for people who can pull; `cargo xtask setup` makes the same one from Debian's packages alone and
# takes its LABEL, ENV and USER lines from here, so each of them stands on one line.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
COPY dpkg.cfg /etc/dpkg/dpkg.cfg.d/libpack
COPY run.packages finish.sh /tmp/
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get upgrade --yes && sed 's/#.*//' /tmp/run.packages | DEBIAN_FRONTEND=noninteractive xargs apt-get install --yes --no-install-recommends && sh /tmp/finish.sh 1002
# Ids as in Paketo's images: build user 1001, run user 1002, group 1000 (paketo-buildpacks/noble-base-stack stack/stack.toml).
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LABEL io.buildpacks.stack.id=io.buildpacks.stacks.bookworm
LABEL io.buildpacks.base.id=libpack/bookworm
LABEL io.buildpacks.base.distro.name=debian
LABEL io.buildpacks.base.distro.version=12
LABEL io.buildpacks.base.maintainer=libpack
LABEL io.buildpacks.base.description="Debian 12 with certificates, time zones and the libraries that runtimes link"
LABEL io.buildpacks.rebasable=true
USER 1002:1000
