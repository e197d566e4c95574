"""Django + django-shopify-webhook: its decorator checks and reads, one row each, then 200."""

from __future__ import annotations

import os

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="a peer of a benchmark",  # noqa: S106 - guards nothing  # pragma: allowlist secret
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SHOPIFY_APP_API_SECRET=os.environ["PEER_SECRET"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["PEER_DATABASE"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - only after the settings
from django.db import connection, models  # noqa: E402 - the same
from django.http import HttpRequest, HttpResponse  # noqa: E402 - the same
from django.urls import path  # noqa: E402 - the same
from django.views.decorators.csrf import csrf_exempt  # noqa: E402 - the same
from shopify_webhook.decorators import webhook  # noqa: E402 - the same


class Delivery(models.Model):
    """One webhook."""

    shop = models.CharField(max_length=100)
    delivery_id = models.CharField(max_length=200)
    topic = models.CharField(max_length=100)
    body = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Each once."""

        app_label = "peer"
        constraints = (models.UniqueConstraint(fields=["shop", "delivery_id"], name="once"),)


@csrf_exempt
@webhook
def receive(request: HttpRequest) -> HttpResponse:
    """One webhook, checked and read by the decorator."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                shop=request.webhook_domain,
                delivery_id=request.webhook_id,
                topic=request.webhook_topic,
                body=request.body,
            )
        ],
        ignore_conflicts=True,
    )
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [path("webhooks/shopify", receive)]
application = get_wsgi_application()


def make_table() -> None:
    """Once, before the first request."""
    with connection.schema_editor() as editor:
        editor.create_model(Delivery)
