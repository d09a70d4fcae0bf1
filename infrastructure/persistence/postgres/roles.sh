#!/usr/bin/env bash
# Creates the database and its two roles in a new PostgreSQL container: the owner, who migrates, and the
# application's, who owns nothing and is subject to row-level security. Knows nothing of tables; the migrations
# grant the application what it may do with them.
# Environment: OWNER_PASSWORD and APP_PASSWORD, or OWNER_PASSWORD_FILE and APP_PASSWORD_FILE, files that hold them;
# besides what the image itself reads.
set -euo pipefail

if [ -n "${OWNER_PASSWORD_FILE:-}" ]; then
  OWNER_PASSWORD=$(cat "$OWNER_PASSWORD_FILE")
fi
if [ -n "${APP_PASSWORD_FILE:-}" ]; then
  APP_PASSWORD=$(cat "$APP_PASSWORD_FILE")
fi
: "${OWNER_PASSWORD:?the password of matricula_owner}" "${APP_PASSWORD:?the password of matricula_app}"
export OWNER_PASSWORD APP_PASSWORD

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
CREATE ROLE matricula_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE matricula_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
-- A client whose host vanished, a pooler among them, is noticed within 25 seconds: it may hold the lock of a term.
ALTER ROLE matricula_app SET tcp_keepalives_idle = 10;
ALTER ROLE matricula_app SET tcp_keepalives_interval = 5;
ALTER ROLE matricula_app SET tcp_keepalives_count = 3;
ALTER ROLE matricula_app SET tcp_user_timeout = 25000;
CREATE DATABASE matricula OWNER matricula_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE matricula FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE matricula TO matricula_app;
SQL
