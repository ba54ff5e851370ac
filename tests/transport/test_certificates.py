"""What is said of a server's certificate that is refused: that it is not trusted, or against the rules."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reconcile.transport.failures import broken

Builder: TypeAlias = x509.CertificateBuilder
NOW = datetime.datetime.now(datetime.UTC)
HOST = "deploy.example.com"


def certificate(name: str, key: Any, issuer: str, signer: Any, shape: Callable[[Builder], Builder]) -> Any:
    """A certificate for `name` that `issuer` signs; `shape` gives it its extensions."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=1))
        .not_valid_after(NOW + datetime.timedelta(days=1))
    )
    return shape(builder).sign(signer, hashes.SHA256())


def refusal(folder: Path, *, keyed: bool, critical: bool, trusted: bool = True) -> ssl.SSLError | None:
    """What a strict client says in a handshake with such a server; None where it is content."""
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    of_ca = x509.SubjectKeyIdentifier.from_public_key(root.public_key())
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)

    def ca(builder: Builder) -> Builder:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=critical)
        return builder.add_extension(of_ca, critical=False).add_extension(usage, critical=True)

    def host(builder: Builder) -> Builder:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        by = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(of_ca)
        return builder.add_extension(by, critical=False) if keyed else builder

    authority = certificate("ca", root, "ca", root, ca)
    served = certificate(HOST, leaf, "ca", root, host)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(authority.public_bytes(pem))
    secret = leaf.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "leaf.pem").write_bytes(served.public_bytes(pem) + secret)
    client = ssl.create_default_context(cafile=str(folder / "ca.pem") if trusted else None)
    client.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python does from 3.13 on
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "leaf.pem")
    return _handshake(client, server)


def _handshake(client: ssl.SSLContext, server: ssl.SSLContext) -> ssl.SSLError | None:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(back, there, server_hostname=HOST)
    answering = server.wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for side in (asking, answering):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error
    return None


def told(error: ssl.SSLError | None) -> tuple[str, str]:
    assert error is not None
    around = httpx.ConnectError("refused")
    around.__cause__ = error
    lost = broken(around)
    assert not lost.again
    return str(lost), lost.hint


@pytest.mark.parametrize(
    ("keyed", "critical", "what"),
    [
        (False, True, "Missing Authority Key Identifier"),
        (True, False, "Basic Constraints of CA cert not marked critical"),
    ],
)
def test_a_certificate_against_rfc_5280_is_called_that_and_what_is_wrong_with_it(
    tmp_path: Path, keyed: bool, critical: bool, what: str
) -> None:
    words, hint = told(refusal(tmp_path, keyed=keyed, critical=critical))
    assert words == f"TLS: a certificate of the server breaks RFC 5280: {what}"
    assert "issued anew" in hint
    assert "3.13" in hint


def test_one_of_an_unknown_authority_is_not_trusted(tmp_path: Path) -> None:
    words, hint = told(refusal(tmp_path, keyed=True, critical=True, trusted=False))
    assert words.startswith("TLS: the certificate is not trusted: ")
    assert "SSL_CERT_FILE" in hint


def test_one_in_order_is_taken(tmp_path: Path) -> None:
    assert refusal(tmp_path, keyed=True, critical=True) is None
