# Stands in for edoburu/pgbouncer: Debian's PgBouncer on the configuration mounted at /etc/pgbouncer/pgbouncer.ini.
FROM matricula-standin/trixie
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends pgbouncer postgresql-client \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /etc/pgbouncer/* \
    && ln -s /usr/sbin/pgbouncer /usr/bin/pgbouncer
USER postgres
EXPOSE 5432
CMD ["/usr/bin/pgbouncer", "/etc/pgbouncer/pgbouncer.ini"]
