#!/bin/sh
# The app's own role and database. PostgreSQL shows a superuser every row of every shop, whatever
# the wall between them says; this role is none.
set -eu
psql --set ON_ERROR_STOP=1 --set word="$POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE postvendita LOGIN PASSWORD :'word';
CREATE DATABASE postvendita OWNER postvendita;
SQL
