"""Secrets that stay in HashiCorp Vault: a reference in place of a value is read when the settings are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from coliseum.settings.kinds import SettingInvalid

PREFIX: Final = "vault:"
FORM: Final = "vault:<mount>/<path>#<field>"
TIMEOUT_S: Final = 10


class VaultFailed(SettingInvalid):
    """A secret could not be read from Vault."""


class Vault:
    """Reads secrets of the KV engine, version 2 or 1 (``VAULT_KV_VERSION``); each path once. Connects when it must."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._read: dict[tuple[str, str], Mapping[str, Any]] = {}

    def secret(self, variable: str, reference: str) -> str:
        """What a reference stands for.

        Raises:
            VaultFailed: naming the variable and what is wrong, and nothing of a secret.
        """
        place, hash_, field = reference.removeprefix(PREFIX).partition("#")
        mount, slash, path = place.partition("/")
        if not (mount and slash and path.strip("/") and hash_ and field):
            raise VaultFailed(f"{variable} is no reference to Vault: it must be like {FORM}.")
        if (mount, path) not in self._read:
            self._read[mount, path] = self._fields(variable, mount, path)
        value = self._read[mount, path].get(field)
        if not isinstance(value, str) or not value:
            raise VaultFailed(f"{variable}: {mount}/{path} in Vault has no text in the field {field!r}.")
        return value

    def _fields(self, variable: str, mount: str, path: str) -> Mapping[str, Any]:
        import hvac  # type: ignore[import-untyped]  # noqa: PLC0415 - most systems have no Vault, and it takes a while to load
        import requests  # noqa: PLC0415 - as above
        from hvac import exceptions  # noqa: PLC0415 - as above

        client = hvac.Client(
            url=self._needed(variable, "VAULT_ADDR"), token=self._token(variable), timeout=TIMEOUT_S,
            namespace=self._environ.get("VAULT_NAMESPACE") or None, verify=self._environ.get("VAULT_CACERT") or True,
            allow_redirects=False,
        )  # fmt: skip
        try:
            if self._version(variable) == "1":
                found: Mapping[str, Any] = client.secrets.kv.v1.read_secret(path, mount_point=mount)["data"]
            else:
                answer = client.secrets.kv.v2.read_secret_version(
                    path, mount_point=mount, raise_on_deleted_version=True
                )
                found = answer["data"]["data"]
        except exceptions.Forbidden:
            raise VaultFailed(f"{variable}: the token may not read {mount}/{path} in Vault.") from None
        except exceptions.InvalidPath:
            raise VaultFailed(f"{variable}: there is no {mount}/{path} in Vault, or it was deleted.") from None
        except exceptions.VaultDown:
            raise VaultFailed(f"{variable}: Vault is sealed or in maintenance.") from None
        except (exceptions.VaultError, requests.RequestException) as error:
            raise VaultFailed(f"{variable}: Vault did not answer as it should: {type(error).__name__}.") from None
        except (KeyError, TypeError, ValueError):
            raise VaultFailed(f"{variable}: what answers at VAULT_ADDR does not answer as Vault does.") from None
        if not isinstance(found, Mapping):
            raise VaultFailed(f"{variable}: what answers at VAULT_ADDR does not answer as Vault does.")
        return found

    def _token(self, variable: str) -> str:
        token, path = self._environ.get("VAULT_TOKEN", "").strip(), self._environ.get("VAULT_TOKEN_FILE", "").strip()
        if token and path:
            raise VaultFailed("VAULT_TOKEN and VAULT_TOKEN_FILE must not both be set.")
        if not path:
            return token or self._needed(variable, "VAULT_TOKEN")
        try:
            return Path(path).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise VaultFailed(f"VAULT_TOKEN_FILE: {path} cannot be read.") from None

    def _version(self, variable: str) -> str:
        version = self._environ.get("VAULT_KV_VERSION", "").strip() or "2"
        if version not in {"1", "2"}:
            raise VaultFailed(f"{variable}: VAULT_KV_VERSION must be 1 or 2.")
        return version

    def _needed(self, variable: str, name: str) -> str:
        value = self._environ.get(name, "").strip()
        if not value:
            raise VaultFailed(f"{variable} is a reference to Vault, and {name} is not set.")
        return value
