"""`create_app`: the web application around a search service."""

from __future__ import annotations

from flask import Flask, Response, g, jsonify, redirect, request, url_for
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_openapi3.models.info import Info
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from ..core.export import MOST_EXPORTED
from . import errors, reasons, rendering, texts, wording
from .addresses import search_href, write_search
from .api import api_blueprint
from .api_document import DocumentedApp
from .backend import Backend
from .config import PAGE_LANGUAGES, WebConfig
from .desk.access import Access
from .desk.assembly import add_desk
from .desk.backend import DeskBackend
from .desk.views import Desk as DeskPages
from .machines.discovery import discovery_blueprint
from .machines.feed_views import feeds_blueprint, machine_href
from .machines.media_types import COMPRESSED
from .machines.sitemap_views import sitemaps_blueprint
from .operations import Operations, add_readiness, observe
from .rate_counts import SCHEME, SharedCounts
from .search_url import read_search
from .texts import page_language
from .views import pages_blueprint

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Frame-Options": "DENY",
}


def create_app(
    service: Backend,
    config: WebConfig | None = None,
    counts: SharedCounts | None = None,
    desk: DeskBackend | None = None,
    operations: Operations | None = None,
) -> Flask:
    """The WSGI application: pages under `/ar /vi /en`, the API under `/api/v1`, `/healthz`, `/readyz`.

    `service` is called from every thread of the server; the application never closes it. `counts`: those of
    requests, where several processes keep one limit together. `desk`: what editors work with beside the
    service; without one their pages know of no check, no saved searches and no names.
    `operations`: publishing, tokens and metrics; without it nothing can be published over HTTP.
    """
    config, counts = config or WebConfig(), counts or SharedCounts()
    operations = operations or Operations()
    app = DocumentedApp(
        __name__,
        info=Info(title=f"{config.title} search API", version="1"),
        doc_ui=False,
        validation_error_status=400,
        validation_error_callback=errors.validation_error,
    )
    app.config.update(
        DALIL_PUBLIC_URL=config.public_url,
        MAX_CONTENT_LENGTH=config.max_content_length,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        TESTING=config.testing,
        # Our handler answers crashes in tests too, so that a test sees what a reader would.
        PROPAGATE_EXCEPTIONS=False,
        RATELIMIT_HEADERS_ENABLED=True,
        # It would put its own time over ours; see there.
        RATELIMIT_HEADER_RETRY_AFTER=errors.LIMIT_OVER,
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        PAGE_SIZE=config.page_size,
        COMPRESS_MIMETYPES=COMPRESSED,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app, locale_selector=page_language, default_locale="en")
    Compress(app)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    texts.install(app)
    rendering.install(app)
    wording.install(app)
    reasons.install(app)
    errors.install(app)
    tokens = operations.tokens()
    service = observe(app, service, operations, tokens, config)
    app.before_request(lambda: _choose_language(config))
    app.after_request(_secure)
    app.context_processor(
        lambda: {
            "page_language": page_language(),
            "page_dir": rendering.text_dir(page_language()),
            "site_title": config.title,
        }
    )
    app.register_blueprint(pages_blueprint(service, config))
    app.register_blueprint(feeds_blueprint(service, config))
    app.register_blueprint(discovery_blueprint(service, config))
    app.register_blueprint(sitemaps_blueprint(service, config))
    app.jinja_env.globals.update(machine_href=machine_href, most_exported=MOST_EXPORTED)
    app.register_api(api_blueprint(service))
    app.add_url_rule("/api/v1/openapi.json", "openapi_document", lambda: jsonify(app.api_doc))
    access = Access(config.desk_password, desk, counts, lambda: tokens.may("desk"))
    add_desk(app, DeskPages(service, desk, access, config))
    operations.install(app, tokens, counts)
    add_readiness(app, service, operations.pulse, config.ready_behind_s)
    _add_front(app, config)
    limiter = Limiter(
        get_remote_address,
        app=app,
        default_limits=[config.rate_limit] if config.rate_limit else [],
        enabled=bool(config.rate_limit),
        storage_uri=f"{SCHEME}://",
        storage_options={"counts": counts},  # type: ignore[dict-item]  # any value is passed on
    )
    # Programs that publish come as often as there is news; a wrong token counts as any request does.
    limiter.request_filter(lambda: tokens.token is not None)
    for endpoint in ("healthz", "readyz", "metrics", "static", "hook_api.hook"):
        if endpoint in app.view_functions:
            limiter.exempt(app.view_functions[endpoint])
    return app


def _add_front(app: Flask, config: WebConfig) -> None:
    def front() -> AnyResponse:
        search, _ = read_search(request.args.items(multi=True), config.page_size)
        address = search_href(search) if write_search(search) else url_for("pages.start")
        response = redirect(address, 302)
        response.headers["Vary"] = "Accept-Language"
        return response

    def healthz() -> Response:
        return jsonify({"status": "ok"})

    app.add_url_rule("/", "front", front)
    app.add_url_rule("/healthz", "healthz", healthz)


def _choose_language(config: WebConfig) -> None:
    """Language of the page: the first part of the path, else what the browser asks for."""
    first = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
    if first in PAGE_LANGUAGES:
        g.page_language = first
    else:
        g.page_language = (
            request.accept_languages.best_match(PAGE_LANGUAGES, config.default_language)
            or config.default_language
        )


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
