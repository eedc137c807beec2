# Emulators of Kinesis and DynamoDB, for one's own machine. Built in the project's folder:
#   docker build -t user-limits-emulators -f docker/emulators.Dockerfile .
ARG BASE=debian:bookworm-20250520-slim

FROM ${BASE} AS base
WORKDIR /opt/user-limits
# Slim images have no manual pages, and Debian's Java cannot be installed without their folder.
RUN mkdir -p /usr/share/man/man1
COPY tools/install-packages tools/packages.txt tools/

FROM base AS fetched
RUN tools/install-packages run
COPY daemon/fetch daemon/stack.sh daemon/pom.xml daemon/package.json daemon/package-lock.json daemon/
RUN daemon/fetch dynamodb kinesis

FROM base
RUN tools/install-packages emulators && rm -rf /var/lib/apt/lists/* /tmp/*
RUN useradd --system --uid 10001 --no-create-home user-limits
COPY --from=fetched /opt/user-limits/daemon/jars/dynamodb daemon/jars/dynamodb
COPY --from=fetched /opt/user-limits/daemon/node_modules daemon/node_modules
COPY daemon/run-kinesis daemon/run-dynamodb daemon/stack.sh daemon/
# They write a socket and a library.
ENV LIMITS_VAR=/tmp
USER 10001
CMD ["daemon/run-kinesis"]
