# Stands in for postgres:17 and later: Debian's PostgreSQL behind an entry point that honours what the official one does.
FROM matricula-standin/trixie
RUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql --no-create-home postgres \
    && mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
    && apt-get update -q \
    && apt-get install -y -q --no-install-recommends postgresql-17 postgresql-client-17 gosu \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb \
    && install --directory --owner=postgres --group=postgres --mode=1777 /var/lib/postgresql \
    && install --directory --owner=postgres --group=postgres --mode=3777 /var/run/postgresql \
    && mkdir /docker-entrypoint-initdb.d
COPY postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/17/docker LANG=C.UTF-8
VOLUME /var/lib/postgresql
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
