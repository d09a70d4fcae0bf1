# Stands in for python:3.13-slim: Debian's Python as `python`, with pip and venv.
FROM matricula-standin/trixie
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends ca-certificates python3 python3-pip python3-venv \
    && ln -s python3 /usr/bin/python \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
# Where a proxy signs what the package index sends, its certificate is in this bundle; elsewhere it changes nothing.
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV LANG=C.UTF-8 PIP_CERT=/etc/ssl/certs/ca-certificates.crt
