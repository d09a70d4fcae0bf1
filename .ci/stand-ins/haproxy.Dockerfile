# Stands in for haproxy:3.0: Debian's HAProxy on the configuration mounted at /usr/local/etc/haproxy/haproxy.cfg.
FROM matricula-standin/trixie
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends haproxy \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb \
    && ln -s /usr/sbin/haproxy /usr/local/bin/haproxy
USER haproxy
WORKDIR /var/lib/haproxy
STOPSIGNAL SIGUSR1
CMD ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
