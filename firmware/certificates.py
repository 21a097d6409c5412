"""The certificate by which the pages are served over HTTPS: our own, self-signed, or the site's (X.509, RFC 5280)."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firmware.details import Detail, DetailCode
from firmware.errors import RefusedError

LASTS = timedelta(days=397)
"""Some browsers take none that lasts longer."""
PROVISIONAL_LASTS = timedelta(days=20 * 365)
LEAST_RSA_BITS = 2048
PROVISIONAL = "made before the clock was right"
COMMON_NAME_MOST = 64


@dataclass(frozen=True, slots=True)
class Described:
    """What people want to know of a certificate. `fingerprint`: SHA-256, as browsers show it."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    begins: datetime
    ends: datetime
    fingerprint: str
    provisional: bool


def make(name: str, hosts: Sequence[str], now: datetime, trusted: bool) -> bytes:
    """Key and self-signed certificate for these host names and addresses, as one PEM file.

    While the clock is not `trusted` the certificate holds from long ago until far away, so that browsers take it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name[:COMMON_NAME_MOST])]
    if not trusted:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, PROVISIONAL))
    subject = x509.Name(attributes)
    begins = now - timedelta(days=1) if trusted else datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + (LASTS if trusted else PROVISIONAL_LASTS))
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, pkcs8, plain) + certificate.public_bytes(pem)


def checked(chain: bytes, key: bytes, now: datetime) -> bytes:
    """Key and chain as one PEM file, the host's own certificate first. Raises RefusedError (bad-certificate)."""
    certificates = _chain(chain)
    private = _private_key(key)
    if _public_bytes(private.public_key()) != _public_bytes(certificates[0].public_key()):
        raise _bad("key-other", "the key does not belong to the first certificate", "key")
    if certificates[0].not_valid_after_utc <= now:
        ended = f"{certificates[0].not_valid_after_utc:%Y-%m-%d}"
        raise _bad("certificate-ended", f"it ended on {ended}", "certificate", date=ended)
    pem = serialization.Encoding.PEM
    plain = private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return plain + b"".join(certificate.public_bytes(pem) for certificate in certificates)


def describe(pem: bytes) -> Described:
    """Of a file that `make` or `checked` has given. Raises RefusedError (bad-certificate)."""
    first = _chain(pem)[0]
    subject = first.subject.rfc4514_string()
    return Described(
        subject=subject, issuer=first.issuer.rfc4514_string(), names=_names(first), begins=first.not_valid_before_utc,
        ends=first.not_valid_after_utc, fingerprint=first.fingerprint(hashes.SHA256()).hex(":").upper(),
        provisional=PROVISIONAL in subject,
    )  # fmt: skip


def _chain(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        text = "this is no certificate in PEM form (-----BEGIN CERTIFICATE-----)"
        raise _bad("certificate-form", text, "certificate") from None


def _private_key(pem: bytes) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, None)
    except TypeError:
        raise _bad("key-locked", "the key is locked by a password: unlock it first", "key") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _bad("key-form", "this is no private key in PEM form", "key") from None
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key
    text = f"the key must be of an elliptic curve, or RSA of {LEAST_RSA_BITS} bits or more"
    raise _bad("key-weak", text, "key", bits=str(LEAST_RSA_BITS))


def _public_bytes(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise _bad("certificate-kind", "a certificate of this kind of key cannot be used", "certificate")
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in found)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _bad(code: DetailCode, text: str, field: str, **facts: str | int) -> RefusedError:
    return RefusedError.of("bad-certificate", Detail(code, text, facts), field)
