# The API as an image. Dependencies and code are layers of their own, so that a change of code rebuilds one small
# layer. MATRICULA_DATABASE_URL names the database (docker-compose.yml shows how); without it the container keeps
# an embedded PostgreSQL in /var/lib/matricula, which lasts as long as the volume mounted there.
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS dependencies
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# The base's pip installs into environments that have none themselves.
RUN python -m venv --without-pip /opt/dependencies
COPY requirements-runtime.lock /build/
RUN python -m pip --python /opt/dependencies/bin/python install --require-hashes --only-binary :all: \
    -r /build/requirements-runtime.lock
# Some libraries ship their tests.
RUN find /opt/dependencies -depth -type d \( -name tests -o -name test \) -exec rm -r {} +

FROM ${PYTHON_IMAGE} AS code
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# At the path of the dependencies: the interpreter of the program's command.
RUN python -m venv --without-pip /opt/dependencies
COPY requirements-build.lock /build/
RUN python -m pip --python /opt/dependencies/bin/python install --require-hashes --only-binary :all: \
    -r /build/requirements-build.lock
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY application application
COPY infrastructure infrastructure
COPY interfaces interfaces
RUN python -m pip --python /opt/dependencies/bin/python install --no-deps --no-build-isolation \
    --target /opt/matricula .

FROM ${PYTHON_IMAGE}
RUN groupadd --gid 10001 matricula \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/matricula --no-create-home matricula \
    && install --directory --owner=matricula --group=matricula --mode=0700 /var/lib/matricula
COPY --from=dependencies /opt/dependencies /opt/dependencies
COPY --from=code /opt/matricula /opt/matricula
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Matrícula" \
      org.opencontainers.image.description="The backend of an academic system that survives registration day" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/opt/matricula/bin:/opt/dependencies/bin:$PATH \
    PYTHONPATH=/opt/matricula \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MATRICULA_DATA_DIR=/var/lib/matricula
WORKDIR /var/lib/matricula
USER 10001:10001
EXPOSE 8000
# The server finishes what it accepted, and refuses the rest, until it ends.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; \
server = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('MATRICULA_PORT') or 8000), timeout=4); \
server.request('GET', '/livez'); sys.exit(server.getresponse().status != 200)"]
CMD ["matricula", "serve", "--host", "0.0.0.0"]
