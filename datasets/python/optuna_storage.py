"""An Optuna storage at an Assay server that wants a token or is encrypted, with retries while it restarts.

    storage = connect("localhost", 13000, token="...", certificate="cert.pem")

Plain servers need none of this: optuna.storages.GrpcStorageProxy(host="localhost", port=13000). A call
that is tried again may have been done before: a trial told twice raises UpdateFinishedTrialError.
"""

import json

import grpc
import optuna
from optuna.storages._grpc.auto_generated import api_pb2_grpc
from optuna.storages._grpc.client import GrpcClientCache

RETRY = {"maxAttempts": 5, "initialBackoff": "0.5s", "maxBackoff": "8s", "backoffMultiplier": 2,
         "retryableStatusCodes": ["UNAVAILABLE"]}


class Storage(optuna.storages.GrpcStorageProxy):
    def __init__(self, host, port, token, certificate):
        self._token, self._certificate = token, certificate
        super().__init__(host=host, port=port)

    def _setup(self):
        service = {"methodConfig": [{"name": [{"service": "optuna.StorageService"}], "retryPolicy": RETRY}]}
        options = [("grpc.max_receive_message_length", -1), ("grpc.service_config", json.dumps(service))]
        address = f"{self._host}:{self._port}"
        if self._certificate:
            with open(self._certificate, "rb") as file:
                channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(file.read()), options)
        else:
            channel = grpc.insecure_channel(address, options)
        if self._token:
            channel = grpc.intercept_channel(channel, Bearer(self._token))
        self._channel = channel
        self._stub = api_pb2_grpc.StorageServiceStub(channel)
        self._cache = GrpcClientCache(self._stub)


class Bearer(grpc.UnaryUnaryClientInterceptor):
    def __init__(self, token):
        self._header = ("authorization", "Bearer " + token)

    def intercept_unary_unary(self, call, details, request):
        metadata = [*(details.metadata or ()), self._header]
        return call(details._replace(metadata=metadata), request)


def connect(host="localhost", port=13000, token=None, certificate=None):
    """A storage for optuna.create_study; pickles like Optuna's own, for workers in other processes."""
    return Storage(host, port, token, certificate)
