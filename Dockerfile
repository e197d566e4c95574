# The same steps as `make run` takes, without the sandbox. Build: docker build -t postvendita .
# For PostgreSQL and Celery: docker build --build-arg LOCK=requirements-large.lock -t postvendita .
FROM python:3.11-slim-bookworm AS build
ARG LOCK=requirements.lock
WORKDIR /app
COPY requirements.lock requirements-large.lock setup.cfg pyproject.toml README.md ./
RUN python -m venv /venv && /venv/bin/pip install --quiet --require-hashes --no-deps -r $LOCK
COPY plugin plugin
COPY webhooks webhooks
COPY clients clients
COPY scheduler scheduler
RUN /venv/bin/pip install --quiet --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --system --create-home --home-dir /data --uid 10001 postvendita
COPY --from=build /venv /venv
USER postvendita
WORKDIR /data
VOLUME /data
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 \
    POSTVENDITA_DATABASE_URL=sqlite:////data/postvendita.db \
    POSTVENDITA_EVIDENCE_FOLDER=/data/evidence
EXPOSE 8080
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=3)"
CMD ["sh", "-c", "postvendita db upgrade && exec postvendita serve --host 0.0.0.0 --port 8080"]
