"""All engines, in the order in which they are asked whether a file is theirs: the sure signs first."""

from __future__ import annotations

from typing import Final

from hushdesk.guard.posture._cassandra import Cassandra
from hushdesk.guard.posture._clickhouse import ClickHouse
from hushdesk.guard.posture._couchdb import CouchDB
from hushdesk.guard.posture._elasticsearch import Elasticsearch
from hushdesk.guard.posture._engine import Engine
from hushdesk.guard.posture._etcd import Etcd
from hushdesk.guard.posture._influxdb import InfluxDB
from hushdesk.guard.posture._java import Neo4j, Solr, ZooKeeper
from hushdesk.guard.posture._kibana import Kibana
from hushdesk.guard.posture._memcached import Memcached
from hushdesk.guard.posture._mongodb import MongoDB
from hushdesk.guard.posture._mosquitto import Mosquitto
from hushdesk.guard.posture._mysql import MySQL
from hushdesk.guard.posture._nginx import Nginx
from hushdesk.guard.posture._postgresql import PostgreSQL
from hushdesk.guard.posture._rabbitmq import RabbitMQ
from hushdesk.guard.posture._redis import Redis

ENGINES: Final[tuple[Engine, ...]] = (
    ClickHouse(),
    Nginx(),
    MySQL(),
    CouchDB(),
    InfluxDB(),
    Kibana(),
    Elasticsearch(),
    Cassandra(),
    MongoDB(),
    Etcd(),
    PostgreSQL(),
    Memcached(),
    RabbitMQ(),
    Neo4j(),
    ZooKeeper(),
    Solr(),
    Mosquitto(),
    Redis(),
)
