"""Whether a portal can be connected to, whatever its address is."""

from service.network import unreachable


def test_a_name_no_host_can_have_is_a_reason_and_no_traceback() -> None:
    address = "http://proxy..example:80"
    assert unreachable([address]) == {address: "proxy..example is no name of a host"}


def test_a_port_where_nobody_listens_is_named_with_its_host() -> None:
    address = "http://127.0.0.1:1"
    assert "127.0.0.1" in unreachable([address])[address]
