#!/bin/sh
# Run by the postgres image when its volume is empty.
set -e
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  -v owner_password="$HEADWAY_OWNER_PASSWORD" -v app_password="$HEADWAY_APP_PASSWORD" -f /headway/roles.sql
