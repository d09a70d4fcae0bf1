#!/bin/sh
# Makes the secrets of the stack on its first start: random, each a file, in a volume for each service that reads them.
# What is there already stays. Files are readable by whoever the volume is mounted for, and by nobody else.
set -eu
umask 022

secret() { # FILE: a new random secret in the file, unless it has one
  if [ ! -s "$1" ]; then
    head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$1.new"
    mv "$1.new" "$1"
    echo "made $1"
  fi
}

derived() { # FILE TEXT: what follows from secrets, anew each time
  printf '%s\n' "$2" >"$1.new"
  chmod 0444 "$1.new"
  mv "$1.new" "$1"
}

database=/secrets/database
secret "$database/superuser_password"
secret "$database/owner_password"
secret "$database/app_password"
secret /secrets/administrator/password
if [ ! -s /secrets/api/signing_keys ]; then
  matricula keys new >/secrets/api/signing_keys.new
  mv /secrets/api/signing_keys.new /secrets/api/signing_keys
  echo 'made /secrets/api/signing_keys'
fi
owner=$(cat "$database/owner_password")
app=$(cat "$database/app_password")
derived /secrets/migration/database_owner_url "postgresql://matricula_owner:$owner@postgres:5432/matricula"
derived /secrets/migration/database_url "postgresql://matricula_app:$app@postgres:5432/matricula"
derived /secrets/api/database_url "postgresql://matricula_app:$app@pooler:6432/matricula"
derived /secrets/pooler/users "\"matricula_app\" \"$app\""
