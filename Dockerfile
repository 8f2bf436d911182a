# syntax=docker/dockerfile:1

# Pinned by tag: a digest can only be written down by somebody who has pulled the image. Where images are built for
# others, pin it (`docker buildx imagetools inspect python:3.13-slim-trixie` shows it) and let a bot renew it.
ARG PYTHON=python:3.13-slim-trixie

# --- All wheels, checked against the hashes of the lock ---
FROM ${PYTHON} AS wheels
WORKDIR /source
COPY requirements.lock .
RUN pip wheel --no-cache-dir --require-hashes --requirement requirements.lock --wheel-dir /wheels \
    && pip install --no-cache-dir --no-index --find-links /wheels hatchling
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY storage storage
COPY adapters adapters
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --no-index --wheel-dir /wheels .

# --- The bot: no compiler, no root, nothing written but /data and /tmp ---
FROM ${PYTHON}
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels newsbot \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin newsbot \
    && install --directory --owner=newsbot --group=newsbot /data
WORKDIR /newsbot
COPY seeds seeds
# One arena for all threads: glibc gives each its own otherwise, of 64 MB of address space.
ENV MALLOC_ARENA_MAX=1 \
    NEWSBOT_HOME=/data \
    NEWSBOT_SEEDS=/newsbot/seeds \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TMPDIR=/tmp
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["newsbot", "health"]
ENTRYPOINT ["newsbot"]
CMD ["run"]
