# The tool, what ci/scripts/systems.txt names beside it, and git for --base. It runs as any user and on a read-only file system: nothing but `apply` writes,
# and that only to .reconcile in the project's folder.
#   docker build -t reconcile .
#   docker run --rm --read-only --user "$(id -u):$(id -g)" -v "$PWD:/work:ro" reconcile plan
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY examples examples
COPY ci/scripts ci/scripts
RUN python -I -m venv /opt/reconcile \
    && /opt/reconcile/bin/python -I -m pip install --no-cache-dir --constraint ci/scripts/constraints.txt \
        --requirement ci/scripts/systems.txt .

FROM python:3.13-slim
# The version of git is Debian's for this release, with its security updates: a fixed one would soon not be there.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/reconcile /opt/reconcile
COPY ci/scripts /opt/reconcile/ci
ENV PATH=/opt/reconcile/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
LABEL org.opencontainers.image.title="reconcile" \
      org.opencontainers.image.description="Release trains as YAML in Git: plan, apply and drift" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["reconcile"]
CMD ["--help"]
