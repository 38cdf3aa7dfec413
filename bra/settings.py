"""All settings, in one file, read from the environment; a bad value stops the start with its name.

Variables: BRA_DATA, DATABASE_URL, REDIS_URL, EMAIL_URL, SECRET_KEY, SECRET_KEY_FALLBACKS, BRA_BASE_URL, BRA_MAIL_FROM,
BRA_REPORT_LEASE, BRA_HSTS, BRA_SECURITY_CONTACT, BRA_PRIVACY_CONTACT, BRA_PROXIES, BRA_OIDC_URL, BRA_OIDC_CLIENT_ID,
BRA_OIDC_SECRET, BRA_OIDC_NAME, BRA_OIDC_DOMAINS, BRA_MFA, ALLOWED_HOSTS, DEBUG
(docs/running.md says what each means).
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from environs import Env

from bra import production
from bra.environment import address, kept_secret_key, oidc_provider

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

DATA_DIR = Path(env.str("BRA_DATA", str(BASE_DIR / "var"))).resolve()
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # what councils say is for this user only
except OSError as error:
    raise ImproperlyConfigured(f"BRA_DATA must be a folder that can be written to: {error.strerror}.") from error
REPORTS_DIR = DATA_DIR / "reports"
# Outside the web root: copies are handed out by their own view alone.
RELEASES_DIR = DATA_DIR / "releases"
# A worker that has been silent for so long is taken for dead, and another takes its report up.
REPORT_LEASE_SECONDS = env.int("BRA_REPORT_LEASE", 300)
if REPORT_LEASE_SECONDS < 1:
    raise ImproperlyConfigured("BRA_REPORT_LEASE must be a number of seconds, 1 at least.")

DEBUG = bool(env.str("DEBUG", "")) and env.bool("DEBUG")
_like = "https://bra.example.org, without anything after the host"
BASE_URL, _base = address(
    "BRA_BASE_URL", env.str("BRA_BASE_URL", "") or "http://127.0.0.1:8000", ("http", "https"), _like
)
BASE_URL = BASE_URL.rstrip("/")
if not _base.hostname or _base.path.strip("/"):
    raise ImproperlyConfigured(f"BRA_BASE_URL must be an address like {_like}.")
HTTPS = _base.scheme == "https"
_hosts = [host.strip() for host in env.str("ALLOWED_HOSTS", "").split(",") if host.strip()]
PRODUCTION = production.is_production(_base)
ALLOWED_HOSTS = _hosts or [_base.hostname, *([] if PRODUCTION else ["localhost", "127.0.0.1"])]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
if PRODUCTION and (_faults := production.faults(os.environ, base=_base, debug=DEBUG, hosts=ALLOWED_HOSTS)):
    raise ImproperlyConfigured("\n".join(_faults))
SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = production.fallbacks(os.environ)  # keys of before, so that a change logs nobody out

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "bra",
    "meetings",
    "actions",
    "imports",
    "finding",
    "reports",
    "records",
    "demo",
]

MIDDLEWARE = [
    "bra.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bra.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "bra.bounds.BoundsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "bra.middleware.SessionMiddleware",
    "bra.second_step_middleware.SecondStepMiddleware",
    "bra.middleware.CouncilMiddleware",
    "bra.middleware.RemovedMiddleware",
    "bra.middleware.MethodMiddleware",
]

ROOT_URLCONF = "bra.urls"
WSGI_APPLICATION = "bra.wsgi.application"

_template_options = {
    "context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "django.template.context_processors.i18n",
        "bra.context.shell",
    ],
    "builtins": ["django.templatetags.i18n", "django.templatetags.static", "bra.templatetags.bra_ui"],
    # As APP_DIRS does it, but for the pages that django-allauth brings: what we haven't written isn't shown.
    "loaders": [
        (
            "django.template.loaders.cached.Loader",
            ["django.template.loaders.filesystem.Loader", "bra.template_loader.Loader"],
        )
    ],
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": _template_options,
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# SQLite: WAL and IMMEDIATE let eight writers work side by side; FULL survives a power cut.
_sqlite_options = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
_database_url, _database = address(
    "DATABASE_URL",
    env.str("DATABASE_URL", "") or f"sqlite:///{DATA_DIR / 'bra.sqlite3'}",
    ("postgres", "postgresql", "sqlite"),
    "postgres://user:password@host/name",
)
DATABASES = {"default": dj_database_url.parse(_database_url, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = _sqlite_options
# How often something was tried is counted where all processes see it, and where it survives a restart of the broker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "bra_cache",
        # At the default of 300, whoever tries enough addresses makes it forget what was counted for the others.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "bra.User"
AUTHENTICATION_BACKENDS = ["bra.second_step_backend.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Log-in (docs/login.md). The pages are listed in bra/account_urls.py: there is none for signing up.
ACCOUNT_ADAPTER = "bra.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "bra.account_forms.LoginForm",
    "change_password": "bra.account_forms.ChangePasswordForm",
    "reset_password": "bra.account_forms.ForgottenForm",
    "reset_password_from_key": "bra.account_forms.NewPasswordForm",
    "reauthenticate": "bra.account_forms.ReauthenticateForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "bra.tokens.Tokens"  # noqa: S105 - a name, no password
# Each is counted over five minutes, so that the page can say how long to wait (docs/login.md says why so many).
ACCOUNT_RATE_LIMITS = {
    "login": "60/5m/ip",
    "login_failed": "30/5m/ip,10/5m/key",
    "reauthenticate": "10/5m/user",
    "change_password": "10/5m/user",
    "reset_password": "20/5m/ip,3/5m/key",
    "reset_password_from_key": "20/5m/ip",
}
# How many proxies stand in front: from so many the address of the one who asks is believed (X-Forwarded-For).
_proxies = env.str("BRA_PROXIES", "") or "0"
if not (_proxies.isascii() and _proxies.isdigit()):
    raise ImproperlyConfigured("BRA_PROXIES must be the number of proxies in front of the product, 0 without one.")
ALLAUTH_TRUSTED_PROXY_COUNT = int(_proxies)
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
ACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_ADAPTER = "bra.account_adapter.SocialAccountAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {}
OIDC_DOMAINS = {part.strip().lower() for part in env.str("BRA_OIDC_DOMAINS", "").split(",") if part.strip()}
if _url := env.str("BRA_OIDC_URL", ""):
    _oidc_url, _oidc = address("BRA_OIDC_URL", _url, ("https", "http"), "https://login.example.org")
    if _oidc.scheme == "http" and _oidc.hostname not in ("127.0.0.1", "localhost"):
        raise ImproperlyConfigured("BRA_OIDC_URL must begin with https://.")
    _oidc_client, _oidc_secret = env.str("BRA_OIDC_CLIENT_ID", ""), env.str("BRA_OIDC_SECRET", "")
    if not (_oidc_client and _oidc_secret):
        raise ImproperlyConfigured("BRA_OIDC_URL needs BRA_OIDC_CLIENT_ID and BRA_OIDC_SECRET.")
    SOCIALACCOUNT_PROVIDERS = oidc_provider(
        _oidc_url, _oidc_client, _oidc_secret, env.str("BRA_OIDC_NAME", "") or "kommunens konto"
    )
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True

# The second step (docs/second-step.md).
BRA_MFA = env.str("BRA_MFA", "") or "demanded"
if BRA_MFA not in ("demanded", "offered"):
    raise ImproperlyConfigured("BRA_MFA must be demanded or offered.")
MFA_ADAPTER = "bra.second_step_adapter.SecondStepAdapter"
MFA_FORMS = {
    "authenticate": "bra.second_step_forms.CodeForm",
    "reauthenticate": "bra.second_step_forms.ConfirmForm",
    "activate_totp": "bra.second_step_forms.AppForm",
    "add_webauthn": "bra.second_step_forms.NewPasskeyForm",
    "edit_webauthn": "bra.second_step_forms.PasskeyNameForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody logs in who hasn't got our mail there
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Three codes of a million are right at any time: 30 wrong ones a day find one in thirty years.
MFA_RATE_LIMITS = {"webauthn_login": "30/5m/ip", "second_step": "5/5m/key,30/d/key"}

SESSION_COOKIE_AGE = 24 * 3600  # seconds; bra.middleware.SessionMiddleware ends it earlier when it lies still
# "__Host-": the browser takes such a cookie only over https and only from this very host.
_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_prefix}sessionid", f"{_prefix}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
# The CSRF cookie is read by js/csrf.js, so that a form survives a new log-in on another tab; whoever could read it
# there could post the form itself.
CSRF_COOKIE_HTTPONLY = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# In the session, not in a cookie: a message may quote a title.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Lax and not Strict: whoever follows a link in a mail is still logged in.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
_hsts = env.str("BRA_HSTS", "") or "subdomains"
if _hsts not in ("host", "subdomains", "preload"):
    raise ImproperlyConfigured("BRA_HSTS must be host, subdomains or preload.")
SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD = _hsts != "host", _hsts == "preload"
# What BRA_HSTS leaves out is the operator's choice: it binds every host under the domain, for a year at least.
SILENCED_SYSTEM_CHECKS = {"host": ["security.W005", "security.W021"], "subdomains": ["security.W021"]}.get(_hsts, [])
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A script runs when the page that was asked for names it with its nonce; not because it lies on this host. htmx needs
# require-trusted-types-for to be left out: it parses answers as HTML without a policy of its own.
CONTENT_SECURITY_POLICY: dict[str, dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
SECURITY_CONTACT = env.str("BRA_SECURITY_CONTACT", "")
# The data protection officer, on the page about personal data.
PRIVACY_CONTACT = env.str("BRA_PRIVACY_CONTACT", "")
for _name, _contact in (("SECURITY", SECURITY_CONTACT), ("PRIVACY", PRIVACY_CONTACT)):
    if _contact and urlsplit(_contact).scheme not in ("mailto", "https"):
        raise ImproperlyConfigured(f"BRA_{_name}_CONTACT must begin with mailto: or https:.")

# What one request may hold (bra/bounds.py refuses what is larger before it is read). Files stay in memory, so that
# nothing of them is left on a disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
# How often one user, or one address before a log-in, may ask for what costs much.
RATES = {"search": "120/m", "file": "60/m", "report": "30/m", "upload": "30/m", "secret": "30/5m"}

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "bra" / "locale"]
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True
FORMAT_MODULE_PATH = ["bra.formats"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Without EMAIL_URL mail goes to a log that the coordinator reads in the application.
_mail_ports = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
if _url := env.str("EMAIL_URL", ""):
    _mail_url, _mail = address("EMAIL_URL", _url, tuple(_mail_ports), "smtp+tls://user:password@host:587")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or _mail_ports[_mail.scheme]
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
    EMAIL_USE_SSL = _mail.scheme == "smtp+ssl"
else:
    EMAIL_BACKEND = "bra.mail.LogBackend"
EMAIL_TIMEOUT = 15  # seconds; Django's default waits for ever
_sender_host = _base.hostname if "." in _base.hostname and not _base.hostname[-1].isdigit() else "example.org"
DEFAULT_FROM_EMAIL = env.str("BRA_MAIL_FROM", "") or f"no-reply@{_sender_host}"
try:
    validate_email(DEFAULT_FROM_EMAIL)
except ValidationError as error:
    raise ImproperlyConfigured("BRA_MAIL_FROM must be a mail address, without a name around it.") from error

# Due work is rows; a message only wakes a worker. So no ETA, no countdown, no retry anywhere.
CELERY_BROKER_URL, _broker = address(
    "REDIS_URL",
    env.str("REDIS_URL", "") or "redis://127.0.0.1:6379/0",
    ("redis", "rediss", "redis+socket"),
    "redis://host:6379/0",
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 6 * 3600,  # seconds; longer than the longest task
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    # One more try at once, then an error: without these, publishing waits six seconds for a broker that is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
# A web request never waits for the broker: the row is written, the wake-up may fail.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "send-due-reminders": {
        "task": "actions.send_due_reminders",
        "schedule": crontab(minute="*/10", hour="6-20"),
    },
    "send-letters": {"task": "bra.send_letters", "schedule": crontab(minute="5-59/10")},
    "clear-sessions": {"task": "bra.clear_sessions", "schedule": crontab(minute="50", hour="3")},
    "seal-entries": {"task": "bra.seal_entries", "schedule": crontab(minute="*/5")},
    "make-scheduled-reports": {"task": "reports.make_scheduled", "schedule": crontab(minute="15")},
    "sweep-reports": {"task": "reports.sweep", "schedule": crontab(minute="40", hour="2-5")},
    # More than once a night: a day counts, not the hour, so a run that was missed is made up for.
    "keep-records": {"task": "records.keep", "schedule": crontab(minute="20", hour="2-5")},
    "purge-ordered": {"task": "records.purge_ordered", "schedule": 60.0},
    "build-waiting-reports": {"task": "reports.build_waiting", "schedule": 60.0},
}

DEFAULT_EXCEPTION_REPORTER_FILTER = "bra.logs.NothingTyped"
# No mail to administrators, and no words of users: bra/logs.py says what a log holds.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "bra.logs.Formatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # fido2 would tell at each log-in by passkey which one it was.
    "loggers": {"django": {"handlers": [], "level": "INFO"}, "fido2": {"level": "WARNING"}},
}

DJANGO_TABLES2_TEMPLATE = "includes/table.html"
