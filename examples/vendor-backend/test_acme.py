from harness.testing import BackendContract


class TestAcme(BackendContract):
    backend = "acme"
