# The build image for people who can pull; `cargo xtask setup` makes the same one from Debian's packages alone and
# takes its LABEL, ENV and USER lines from here, so each of them stands on one line.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
COPY dpkg.cfg /etc/dpkg/dpkg.cfg.d/libpack
COPY build.packages finish.sh /tmp/
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get upgrade --yes && sed 's/#.*//' /tmp/build.packages | DEBIAN_FRONTEND=noninteractive xargs apt-get install --yes --no-install-recommends && sh /tmp/finish.sh 1001
# Ids as in Paketo's images: build user 1001, run user 1002, group 1000 (paketo-buildpacks/noble-base-stack stack/stack.toml).
ENV CNB_USER_ID=1001
ENV CNB_GROUP_ID=1000
ENV CNB_STACK_ID=io.buildpacks.stacks.bookworm
# Platforms set it on each container; what runs `creator` in this image by hand without it would be refused (lifecycle 0.18
# and later have no default).
ENV CNB_PLATFORM_API=0.13
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LABEL io.buildpacks.stack.id=io.buildpacks.stacks.bookworm
LABEL io.buildpacks.base.id=libpack/bookworm
LABEL io.buildpacks.base.distro.name=debian
LABEL io.buildpacks.base.distro.version=12
LABEL io.buildpacks.base.maintainer=libpack
LABEL io.buildpacks.base.description="Debian 12 with compilers and shell utilities"
USER 1001:1000
