# The API as an image. Dependencies and code are layers of their own, so that a change of code rebuilds one small
# layer. MATRICULA_DATABASE_URL names the database (docker-compose.yml shows how); without it the container keeps
# an embedded PostgreSQL in /var/lib/matricula, which lasts as long as the volume mounted there.
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS dependencies
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/dependencies
COPY requirements-runtime.lock /build/
RUN /opt/dependencies/bin/pip install --require-hashes -r /build/requirements-runtime.lock

FROM dependencies AS code
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY application application
COPY infrastructure infrastructure
COPY interfaces interfaces
RUN /opt/dependencies/bin/pip install --no-deps --no-build-isolation --target /opt/matricula .

FROM ${PYTHON_IMAGE}
RUN groupadd --gid 10001 matricula \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/matricula --no-create-home matricula \
    && install --directory --owner=matricula --group=matricula --mode=0700 /var/lib/matricula
COPY --from=dependencies /opt/dependencies /opt/dependencies
COPY --from=code /opt/matricula /opt/matricula
ENV PATH=/opt/matricula/bin:/opt/dependencies/bin:$PATH \
    PYTHONPATH=/opt/matricula \
    PYTHONUNBUFFERED=1 \
    MATRICULA_DATA_DIR=/var/lib/matricula
WORKDIR /var/lib/matricula
USER matricula
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
CMD ["matricula", "serve", "--host", "0.0.0.0"]
