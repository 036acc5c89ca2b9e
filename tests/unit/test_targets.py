"""An address is understood in one way."""

from ipaddress import ip_address

import pytest

from coliseum.targets import is_public, target_of


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("https://example.org", "https://example.org:443/"),
        ("HTTPS://Example.ORG/Hook?x=%20y#part", "https://example.org:443/Hook?x=%20y"),
        ("https://example.org:8443/a%2Fb", "https://example.org:8443/a%2Fb"),
        ("https://straße.example/", "https://xn--strae-oqa.example:443/"),
        ("https://example。org/", "https://example.org:443/"),
        ("https://1.1.1.1/", "https://1.1.1.1:443/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]:443/"),
    ],
)
def test_a_public_address_is_understood_in_one_form(url: str, meant: str) -> None:
    assert target_of(url).url == meant


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1"])
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))
